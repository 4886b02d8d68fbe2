// The stack of modals: the top view is shown, the ones below wait with what was typed in them.

import { renderBlocks, showErrors } from "./blocks.js";
import { el, listTabStops, setText, toggleAttribute } from "./dom.js";
import { Surface } from "./surface.js";
import { plainText } from "./words.js";

/** Shows whatever stack of views the server says is open. */
export class Modals {
  constructor(dialog, client) {
    this.client = client;
    this.dialog = dialog;
    this.open = new Map();
    this.top = null;
    this.isSending = false;
    this.errors = {};
    this.wantsErrorFocus = false;
    this.title = el("h2", { id: "modal-title", tabindex: "-1", "aria-live": "polite" });
    this.notice = el("p", { class: "notice", role: "alert", hidden: true });
    this.body = el("div", { class: "modal-body" });
    this.closeButton = el("button", { type: "button", class: "button", onclick: () => this.close() });
    this.submitButton = el("button", { type: "button", class: "button primary", onclick: () => this.submit() });
    const cross = el(
      "button",
      { type: "button", class: "quiet", "aria-label": "Close all", onclick: () => this.close({ all: true }) },
      "✕",
    );
    const header = el("header", {}, el("span", { class: "app-mark", "aria-hidden": "true" }), this.title, cross);
    dialog.append(header, this.notice, this.body, el("footer", {}, this.closeButton, this.submitButton));
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
  }

  /** Show these views (bottom first) with the errors and the notice that belong to the top one. */
  show(views, errors, notice) {
    const before = this.top?.id;
    this.top = views.at(-1) ?? null;
    this.forgetClosed(views);
    for (const view of views) this.showView(view);
    this.showDialog(before);
    if (!this.top) return;
    this.showFrame(notice);
    const isNew = before !== this.top.id;
    this.takeErrors(errors ?? {}, isNew);
    this.placeFocus({ isNew, field: showErrors(this.open.get(this.top.id).node, this.errors) });
  }

  /** Errors stay in sight while the person mends them one by one, until the form is sent again. */
  takeErrors(errors, isNew) {
    if (isNew || this.wantsErrorFocus || Object.keys(errors).length) this.errors = errors;
  }

  showView(view) {
    if (!this.open.has(view.id)) this.openView(view);
    const { surface, node } = this.open.get(view.id);
    surface.update(view.blocks, view.state?.values);
    renderBlocks(node, surface);
    toggleAttribute(node, "hidden", view.id !== this.top.id);
  }

  openView(view) {
    const node = el("div", { class: "blocks" });
    this.open.set(view.id, { surface: new Surface({ modal: view.id }, this.client), node });
    this.body.append(node);
  }

  forgetClosed(views) {
    const alive = new Set(views.map((view) => view.id));
    for (const [id, { surface, node }] of this.open) {
      if (alive.has(id)) continue;
      surface.isClosed = true;
      node.remove();
      this.open.delete(id);
    }
  }

  showDialog(before) {
    if (this.top && !this.dialog.open) this.dialog.showModal();
    if (this.top || !this.dialog.open) return;
    this.dialog.close();
    if (before && document.activeElement === document.body) document.getElementById("main").focus();
  }

  showFrame(notice) {
    setText(this.title, plainText(this.top.title));
    const words = this.top.close ? plainText(this.top.close) : this.top.submit ? "Cancel" : "Close";
    setText(this.closeButton, words);
    setText(this.submitButton, this.isSending ? "Sending…" : plainText(this.top.submit));
    toggleAttribute(this.submitButton, "hidden", !this.top.submit);
    toggleAttribute(this.submitButton, "aria-disabled", this.isSending ? "true" : null);
    setText(this.notice, notice ?? "");
    toggleAttribute(this.notice, "hidden", !notice);
  }

  /** Start in the first question of a new view; after a refused submit, in the first question with an error. */
  placeFocus({ isNew, field }) {
    if (isNew) {
      this.body.scrollTop = 0;
      this.firstControl().focus({ preventScroll: true });
    }
    if (!this.wantsErrorFocus || !field) return;
    this.wantsErrorFocus = false;
    (field.matches("input, textarea") ? field : (listTabStops(field)[0] ?? field)).focus();
  }

  /** A page with nothing to send is read from its title: a menu on it would only raise a phone's keyboard. */
  firstControl() {
    const { node } = this.open.get(this.top.id);
    const question = this.top.submit ? node.querySelector("input[data-control], textarea[data-control]") : null;
    return node.querySelector("[autofocus]") ?? question ?? this.title;
  }

  async submit() {
    if (this.isSending || !this.top.submit) return;
    const { surface } = this.open.get(this.top.id);
    this.setSending(true);
    this.wantsErrorFocus = true;
    try {
      await this.client.act({ kind: "submit", view_id: this.top.id, values: surface.values() });
    } finally {
      this.setSending(false);
      this.wantsErrorFocus = false;
    }
  }

  setSending(isSending) {
    this.isSending = isSending;
    if (this.top) this.showFrame(this.notice.textContent);
  }

  close({ all = false } = {}) {
    if (this.top) this.client.act({ kind: "close", view_id: this.top.id, ...(all ? { all } : {}) });
  }

  key(event) {
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.submitsOn(event)) this.submit();
    else if (event.key === "Tab") return this.keepTabInside(event);
    else return;
    event.preventDefault();
  }

  submitsOn(event) {
    return event.ctrlKey || event.metaKey || (event.target.dataset.submits === "enter" && !event.isComposing);
  }

  keepTabInside(event) {
    const stops = listTabStops(this.dialog);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }
}
