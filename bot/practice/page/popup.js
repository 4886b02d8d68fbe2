// Lists that open beside a field: in the browser's top layer, so that no dialog or scroll area cuts them off.

import { el, freshId, toggleAttribute } from "./dom.js";

const GAP = 4;
const LEAST_WIDTH = 220;

/** Put an open popup under its anchor, or above it where there is more room. */
function place(popup, anchor) {
  const at = anchor.getBoundingClientRect();
  const [below, above] = [window.innerHeight - at.bottom, at.top];
  const upwards = below < 220 && above > below;
  const width = Math.min(Math.max(at.width, LEAST_WIDTH), window.innerWidth - 2 * GAP);
  Object.assign(popup.style, {
    width: `${width}px`,
    left: `${Math.max(GAP, Math.min(at.left, window.innerWidth - width - GAP))}px`,
    top: upwards ? "auto" : `${at.bottom + GAP}px`,
    bottom: upwards ? `${window.innerHeight - at.top + GAP}px` : "auto",
    maxHeight: `${Math.min(320, (upwards ? above : below) - 2 * GAP)}px`,
  });
}

/** A list of choices that belongs to a text field: arrow keys move, Enter chooses, Esc closes. */
export class ListPopup {
  constructor(field, { label, onChoose, anchor = field }) {
    Object.assign(this, { field, onChoose, anchor, items: [], active: -1 });
    this.node = el("div", {
      class: "popup",
      popover: "manual",
      role: "listbox",
      id: freshId("list"),
      "aria-label": label,
    });
    this.node.addEventListener("pointerdown", (event) => event.preventDefault());
    this.field.setAttribute("aria-controls", this.node.id);
    this.field.setAttribute("aria-autocomplete", "list");
    this.follow = () => (this.field.isConnected ? place(this.node, this.anchor) : this.hide());
  }

  get isOpen() {
    return this.node.isConnected && this.node.matches(":popover-open");
  }

  /** Show groups of `{text, hint, detail, value, chosen}`; `status` is said when there is nothing to choose. */
  show(groups, status = "") {
    this.items = groups.flatMap((group) => group.items);
    this.node.replaceChildren(...groups.filter((group) => group.items.length).map((group) => this.groupNode(group)));
    if (status) this.node.append(el("p", { class: "popup-status", role: "status" }, status));
    this.open();
    this.setActive(
      this.items.length
        ? Math.max(
            0,
            this.items.findIndex((item) => item.chosen),
          )
        : -1,
    );
  }

  open() {
    if (!this.node.isConnected) this.anchor.after(this.node);
    if (!this.isOpen) this.node.showPopover();
    place(this.node, this.anchor);
    this.expand(true);
    window.addEventListener("resize", this.follow);
    document.addEventListener("scroll", this.follow, { capture: true, passive: true });
  }

  hide() {
    if (this.isOpen) this.node.hidePopover();
    this.node.remove();
    this.expand(false);
    this.field.removeAttribute("aria-activedescendant");
    window.removeEventListener("resize", this.follow);
    document.removeEventListener("scroll", this.follow, { capture: true });
  }

  expand(isOpen) {
    if (this.field.getAttribute("role") === "combobox") this.field.setAttribute("aria-expanded", String(isOpen));
  }

  groupNode(group) {
    const rows = group.items.map((item) => this.row(item));
    if (!group.label) return el("div", { role: "presentation" }, rows);
    const id = freshId("group");
    return el(
      "div",
      { role: "group", "aria-labelledby": id },
      el("div", { class: "popup-group", id }, group.label),
      rows,
    );
  }

  row(item) {
    item.id = freshId("option");
    const hint = item.hint && el("span", { class: "popup-hint" }, ` ${item.hint}`);
    const detail = item.detail && el("span", { class: "popup-detail" }, item.detail);
    const parts = [el("span", { class: "popup-text" }, item.text, hint), detail];
    const choose = () => this.choose(item);
    return el(
      "div",
      { role: "option", id: item.id, "aria-selected": String(Boolean(item.chosen)), onclick: choose },
      parts,
    );
  }

  setActive(index) {
    this.active = index;
    const id = this.items[index]?.id;
    for (const row of this.node.querySelectorAll('[role="option"]')) toggleAttribute(row, "data-active", row.id === id);
    toggleAttribute(this.field, "aria-activedescendant", id);
    if (id) document.getElementById(id).scrollIntoView({ block: "nearest" });
  }

  choose(item) {
    this.hide();
    this.onChoose(item);
  }

  /** Handle a key pressed in the field; true when the key was used up. */
  takesKey(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.items.length) this.setActive((this.active + step + this.items.length) % this.items.length);
    else if (event.key === "Enter" && this.items[this.active]) this.choose(this.items[this.active]);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

/** Items whose words hold every word typed. */
export function matching(items, typed) {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const heap = (item) => `${item.text} ${item.detail ?? ""}`.toLocaleLowerCase();
  return items.filter((item) => words.every((word) => heap(item).includes(word)));
}

/** A button that opens a short menu; `items` are `{text, onChoose}` or `{text, node}` for a link. */
export function menuButton({ label, content, className, items, focusKey }) {
  const menu = el("div", { class: "popup menu", popover: "auto", role: "menu", "aria-label": label });
  const button = el(
    "button",
    {
      type: "button",
      class: className,
      "aria-label": label,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "data-focus": focusKey,
    },
    content,
  );
  const rows = () => [...menu.querySelectorAll('[role="menuitem"]')];
  button.addEventListener("click", () => {
    menu.replaceChildren(...items().map((item) => menuRow(item, menu)));
    menu.togglePopover();
    if (menu.matches(":popover-open")) place(menu, button);
    rows()[0]?.focus();
  });
  menu.addEventListener("toggle", (event) => button.setAttribute("aria-expanded", String(event.newState === "open")));
  menu.addEventListener("keydown", (event) => moveInMenu(event, { rows: rows(), menu, button }));
  return [button, menu];
}

function menuRow(item, menu) {
  const choose = () => {
    menu.hidePopover();
    item.onChoose?.();
  };
  const words = [
    el("span", { class: "popup-text" }, item.text),
    item.detail && el("span", { class: "popup-detail" }, item.detail),
  ];
  const link = item.url ? { href: item.url, target: "_blank", rel: "noopener noreferrer" } : { type: "button" };
  return el(item.url ? "a" : "button", { ...link, role: "menuitem", tabindex: "-1", onclick: choose }, words);
}

function moveInMenu(event, { rows, menu, button }) {
  const at = rows.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) rows[(at + step + rows.length) % rows.length]?.focus();
  else if (event.key === "Escape" || event.key === "Tab") {
    menu.hidePopover();
    button.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
