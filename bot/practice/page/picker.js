// Selects: a field one can type in, with the list beside it. One choice, or many shown as chips.

import { el } from "./dom.js";
import { ListPopup, matching } from "./popup.js";
import { plainText } from "./words.js";

const TYPING_PAUSE_MS = 200;

/**
 * Build a select.
 *
 * `source(typed)` gives `{groups, status}` at once or later; `itemOf(shown)` the words of a chosen thing; `isMany` and
 * `most` say how many may be chosen; `onChoose` gets the whole new value.
 */
export class Picker {
  constructor({ control, shown, isMany, most, canClear, source, itemOf, onChoose }) {
    Object.assign(this, { shown, isMany, most, canClear, source, itemOf, onChoose, asked: 0 });
    this.input = el("input", {
      ...control,
      type: "text",
      role: "combobox",
      "aria-expanded": "false",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => this.lookSoon(),
      onkeydown: (event) => this.key(event),
      onclick: () => this.lookAtAll(),
      onblur: () => this.leave(),
    });
    this.box = el("div", { class: "picker" });
    this.node = el("div", { class: "picker-place" }, this.box);
    this.popup = new ListPopup(this.input, {
      label: control["aria-label"] ?? "Choices",
      onChoose: (item) => this.take(item),
      anchor: this.box,
    });
    this.draw();
  }

  draw() {
    const hadFocus = document.activeElement === this.input;
    const chips = this.isMany ? this.shown.map((one) => this.chip(one)) : [];
    const clear = !this.isMany && this.canClear && this.shown !== null ? [this.clearButton()] : [];
    this.box.replaceChildren(...chips, this.input, ...clear);
    this.input.value = this.isMany || this.shown === null ? "" : this.itemOf(this.shown).text;
    if (hadFocus) this.input.focus();
  }

  chip(one) {
    const words = this.itemOf(one).text;
    const remove = () => this.change(this.shown.filter((other) => other !== one));
    return el(
      "span",
      { class: "chip" },
      words,
      el("button", { type: "button", "aria-label": `Remove ${words}`, onclick: remove }, "✕"),
    );
  }

  clearButton() {
    return el(
      "button",
      { type: "button", class: "quiet", "aria-label": "Clear the choice", onclick: () => this.change(null) },
      "✕",
    );
  }

  /** Show the whole list, with what is chosen marked so that typing replaces it. */
  lookAtAll() {
    this.input.select();
    this.look("");
  }

  lookSoon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.look(this.input.value), TYPING_PAUSE_MS);
  }

  async look(typed) {
    const turn = (this.asked += 1);
    const answer = this.source(typed);
    if (answer instanceof Promise) this.popup.show([], "Looking…");
    const { groups, status } = await answer;
    if (turn !== this.asked || document.activeElement !== this.input) return;
    const marked = groups.map((group) => ({
      ...group,
      items: group.items.map((item) => ({ ...item, chosen: this.isChosen(item) })),
    }));
    const nothing = marked.every((group) => !group.items.length);
    this.popup.show(marked, status || (nothing ? "Nothing found." : ""));
  }

  isChosen(item) {
    const same = (one) => this.itemOf(one).value === item.value;
    return this.isMany ? this.shown.some(same) : this.shown !== null && same(this.shown);
  }

  take(item) {
    if (!this.isMany) return this.change(item.whole);
    if (this.isChosen(item)) return this.change(this.shown.filter((one) => this.itemOf(one).value !== item.value));
    if (this.most && this.shown.length >= this.most) return this.popup.show([], `You can choose up to ${this.most}.`);
    return this.change([...this.shown, item.whole]);
  }

  change(shown) {
    this.shown = shown;
    this.draw();
    this.input.focus();
    this.onChoose(shown);
  }

  /** Show this value without telling anybody. */
  showAgain(shown) {
    this.shown = shown;
    this.draw();
  }

  key(event) {
    if (this.popup.takesKey(event)) return;
    if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
      event.preventDefault();
      this.lookAtAll();
    } else if (event.key === "Backspace" && this.isMany && !this.input.value && this.shown.length) {
      this.change(this.shown.slice(0, -1));
    }
  }

  leave() {
    clearTimeout(this.pause);
    this.asked += 1;
    this.popup.hide();
    this.input.value = this.isMany || this.shown === null ? "" : this.itemOf(this.shown).text;
  }
}

/** An option object as a list item. */
export function optionItem(option) {
  return {
    text: plainText(option.text),
    detail: option.description ? plainText(option.description) : "",
    value: option.value,
    whole: option,
  };
}

/** Options or option groups as list groups. */
export function optionGroups({ options, option_groups: groups }) {
  if (groups) return groups.map((group) => ({ label: plainText(group.label), items: group.options.map(optionItem) }));
  return [{ items: (options ?? []).map(optionItem) }];
}

/** A source that filters what is already known. */
export function knownSource(groups) {
  return (typed) => ({ groups: groups.map((group) => ({ ...group, items: matching(group.items, typed) })) });
}

/** A source that asks the app, once enough has been typed. */
export function askingSource(ask, leastLength) {
  return (typed) => {
    const missing = leastLength - typed.trim().length;
    if (missing > 0)
      return { groups: [], status: `Type ${leastLength} letter${leastLength > 1 ? "s" : ""} or more to search.` };
    return ask(typed.trim()).then((answer) =>
      answer.ok ? { groups: optionGroups(answer) } : { groups: [], status: "No result. Try again." },
    );
  };
}
