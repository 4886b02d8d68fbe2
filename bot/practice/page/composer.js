// Where a person writes: messages, slash commands with their hints, and people by @name.

import { el, toggleAttribute } from "./dom.js";
import { ListPopup, matching } from "./popup.js";

const MOST_PEOPLE = 8;

/** The message field of the open conversation. */
export class Composer {
  constructor(form, client) {
    this.client = client;
    this.channel = null;
    this.commands = [];
    this.field = form.querySelector("textarea");
    this.hint = form.querySelector(".composer-hint");
    this.popup = new ListPopup(this.field, { label: "Suggestions", onChoose: (item) => this.take(item), anchor: form });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.popup.hide());
    form.addEventListener("submit", (event) => this.submit(event));
    form.querySelector(".slash-button").addEventListener("click", () => this.startCommand());
  }

  /** Follow the open conversation: its name, and whether one may write here. */
  show({ channel, name, commands, isOpen }) {
    if (channel !== this.channel) this.clear();
    this.channel = channel;
    this.commands = commands;
    toggleAttribute(this.field, "placeholder", isOpen ? `Write to ${name}, or type /` : "Nobody can write here.");
    toggleAttribute(this.field, "disabled", !isOpen);
  }

  startCommand() {
    this.field.value = "/";
    this.field.focus();
    this.typed();
  }

  typed() {
    this.fit();
    const beforeCaret = this.field.value.slice(0, this.field.selectionStart);
    const command = beforeCaret.match(/^\/(\S*)$/);
    const person = beforeCaret.match(/(?:^|\s)@([\p{L}\p{M}'’ -]{0,30})$/u);
    if (command) this.offer(this.commandItems(command[1]));
    else if (person && !person[1].endsWith(" ")) this.offer(this.personItems(person[1]));
    else this.popup.hide();
    this.showHint();
  }

  offer(items) {
    if (items.length) this.popup.show([{ items }]);
    else this.popup.hide();
  }

  commandItems(typed) {
    const starting = this.commands.filter(({ command }) => command.startsWith(`/${typed}`));
    return starting.map(({ command, description, usage_hint: usage }) => ({
      text: command,
      hint: usage,
      detail: description,
      value: `${command} `,
      from: 0,
    }));
  }

  personItems(typed) {
    const from = this.field.selectionStart - typed.length - 1;
    const found = matching(this.client.directory.peopleItems(), typed).slice(0, MOST_PEOPLE);
    return found.map((item) => ({ text: item.text, detail: item.detail, value: `@${item.text} `, from }));
  }

  take({ value, from }) {
    this.field.setRangeText(value, from, this.field.selectionStart, "end");
    this.field.focus();
    this.fit();
    this.showHint();
  }

  showHint() {
    const known = this.commands.find(({ command }) => this.field.value.startsWith(`${command} `));
    const words = known ? [el("strong", {}, known.command), ` ${known.usage_hint || known.description}`] : [];
    this.hint.replaceChildren(...words);
  }

  key(event) {
    if (event.key === "Tab" && this.popup.isOpen && !event.shiftKey) {
      event.preventDefault();
      this.popup.choose(this.popup.items[this.popup.active]);
      return;
    }
    if (this.isWholeCommand() && event.key === "Enter") this.popup.hide();
    if (this.popup.takesKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  isWholeCommand() {
    return this.commands.some(({ command }) => command === this.field.value.trim());
  }

  submit(event) {
    event.preventDefault();
    this.send();
  }

  async send() {
    const text = this.field.value.trim();
    if (!text || this.field.disabled) return;
    const kind = text.startsWith("/") ? "command" : "say";
    this.clear();
    const answer = await this.client.act({ kind, channel: this.channel, text });
    if (!answer?.ok && !this.field.value) this.field.value = text;
  }

  clear() {
    this.field.value = "";
    this.popup.hide();
    this.showHint();
    this.fit();
  }

  fit() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
