// Building and updating the document. Text from outside only ever becomes a text node or a plain attribute.

let lastId = 0;

/** Give a document-wide unique id, for aria references. */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** Make an element. `on…` functions listen; null, undefined and false attributes are left out; strings become inert text. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "value") node.value = value;
  else node.setAttribute(name, value === true ? "" : value);
}

/** Set an attribute, or take it away when the value is null or false. */
export function toggleAttribute(node, name, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}

/** Change a node's text only when it differs, so that a screen reader is not told the same thing twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const kept = new WeakMap();

/**
 * Show `items` as children of `parent`, keeping every node whose signature has not changed.
 *
 * A kept node keeps its focus, its scroll place and what is being typed in it: this is why nothing flickers.
 */
export function renderKeyed(parent, items, { key, signature, render }) {
  const before = kept.get(parent) ?? new Map();
  const after = new Map();
  for (const item of items) {
    const [id, mark] = [key(item), signature(item)];
    const old = before.get(id);
    after.set(id, old && old.mark === mark ? old : { mark, node: render(item) });
  }
  keepFocus(parent, () =>
    placeChildren(
      parent,
      [...after.values()].map((entry) => entry.node),
    ),
  );
  kept.set(parent, after);
}

function placeChildren(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}

/** Run `change`; if the focused control was replaced by a new one with the same `data-focus`, focus that one. */
export function keepFocus(parent, change) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const selection = focused && canSelect(focused) ? [focused.selectionStart, focused.selectionEnd] : null;
  change();
  if (!focused || document.activeElement === focused) return;
  const again = focused.isConnected ? focused : findByFocusKey(parent, focused.dataset.focus);
  again?.focus({ preventScroll: true });
  if (again && selection && canSelect(again)) again.setSelectionRange(...selection);
}

function findByFocusKey(parent, focusKey) {
  return focusKey ? parent.querySelector(`[data-focus="${CSS.escape(focusKey)}"]`) : null;
}

function canSelect(node) {
  return node.tagName === "TEXTAREA" || (node.tagName === "INPUT" && ["text", "search", "url"].includes(node.type));
}

/** The controls inside `root` that Tab reaches, in order. */
export function listTabStops(root) {
  const candidates = root.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
  return [...candidates].filter((node) => !node.disabled && node.tabIndex >= 0 && node.offsetParent !== null);
}
