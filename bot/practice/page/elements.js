// Block Kit's interactive elements, one builder a type. `control` holds the attributes that tie an element to its question.

import { el, freshId, setText, toggleAttribute } from "./dom.js";
import { askFirst } from "./confirm.js";
import { readFiles, sizeInWords } from "./files.js";
import { Picker, askingSource, knownSource, optionGroups, optionItem } from "./picker.js";
import { menuButton } from "./popup.js";
import { isLeading, plainText, textNodes } from "./words.js";
import { dateInWords, fromWallClock, toWallClock } from "./zones.js";

const LEAST_QUERY = 3;
const SETTLE_MS = 700;
const LEAST_ROOM = 50;

/** Build an element of a block; unknown kinds say so instead of vanishing. */
export function elementNode(element, { block, surface, labelId, hintId }) {
  const focusKey = `${block.block_id} ${element.action_id}`;
  const named = labelId
    ? { "aria-labelledby": labelId }
    : { "aria-label": plainText(element.placeholder) || element.action_id };
  const control = {
    id: freshId("field"),
    "data-focus": focusKey,
    "data-control": true,
    "aria-describedby": hintId,
    ...named,
    placeholder: plainText(element.placeholder) || null,
    autofocus: element.focus_on_load,
  };
  const place = { block, surface, control, focusKey, inInput: block.type === "input" };
  const build = BUILDERS[element.type];
  return build ? build(element, place) : el("p", { class: "unknown" }, `(${element.type} is not shown here)`);
}

async function confirmed(element) {
  return !element.confirm || askFirst(element.confirm);
}

// ---- buttons and menus

function button(element, { block, surface, focusKey }) {
  const attributes = {
    class: `button ${element.style ?? ""}`,
    "data-focus": focusKey,
    "aria-label": element.accessibility_label ?? null,
  };
  const press = async () => (await confirmed(element)) && whileBusy(node, () => surface.press(block, element));
  const words = plainText(element.text);
  const node = element.url
    ? el(
        "a",
        { ...attributes, href: safeAddress(element.url), target: "_blank", rel: "noopener noreferrer", onclick: press },
        words,
      )
    : el("button", { ...attributes, type: "button", onclick: press }, words);
  return node;
}

function safeAddress(address) {
  return address && isLeading(address) ? address : null;
}

async function whileBusy(node, work) {
  if (node.getAttribute("aria-disabled")) return;
  toggleAttribute(node, "aria-disabled", "true");
  try {
    await work();
  } finally {
    toggleAttribute(node, "aria-disabled", null);
  }
}

function overflow(element, { block, surface, focusKey }) {
  const items = () =>
    element.options.map((option) => ({
      text: plainText(option.text),
      detail: plainText(option.description),
      url: safeAddress(option.url),
      onChoose: async () => (await confirmed(element)) && surface.press(block, element, option.value),
    }));
  return el(
    "span",
    { class: "menu-place" },
    menuButton({ label: "More actions", content: "⋯", className: "button overflow", items, focusKey }),
  );
}

// ---- selects

function picker(element, { block, surface, control, inInput }, { source, itemOf }) {
  const select = new Picker({
    control,
    source,
    itemOf,
    shown: surface.shown(block, element),
    isMany: element.type.startsWith("multi_"),
    most: element.max_selected_items,
    canClear: inInput && block.optional,
    onChoose: async (shown) => {
      if (await confirmed(element)) surface.choose(block, element, shown);
      else select.showAgain(surface.shown(block, element));
    },
  });
  return select.node;
}

function staticSelect(element, place) {
  return picker(element, place, { source: knownSource(optionGroups(element)), itemOf: optionItem });
}

function externalSelect(element, place) {
  const ask = (query) => place.surface.suggest(place.block, element, query);
  return picker(element, place, {
    source: askingSource(ask, element.min_query_length ?? LEAST_QUERY),
    itemOf: optionItem,
  });
}

function directorySelect(list) {
  return (element, place) => {
    const items = list(place.surface.directory).map((item) => ({ ...item, whole: item.value }));
    const itemOf = (id) => items.find((item) => item.value === id) ?? { text: id, value: id, whole: id };
    return picker(element, place, { source: knownSource([{ items }]), itemOf });
  };
}

const usersSelect = directorySelect((directory) => directory.peopleItems());
const channelsSelect = directorySelect((directory) => directory.channelItems());
const conversationsSelect = directorySelect((directory) => [...directory.channelItems(), ...directory.dmItems()]);

// ---- checkboxes and radio buttons

function choices(kind, toggled) {
  return (element, { block, surface, control, focusKey }) => {
    const name = freshId("choice");
    const rows = element.options.map((option, index) => {
      const box = el("input", { type: kind, name, "data-focus": `${focusKey} ${index}` });
      box.checked = [surface.shown(block, element)].flat().some((one) => one?.value === option.value);
      box.addEventListener("change", () =>
        surface.choose(block, element, toggled(surface.shown(block, element), option, box.checked)),
      );
      const about =
        option.description && el("span", { class: "choice-about" }, textNodes(option.description, surface.directory));
      return el("label", { class: "choice" }, box, el("span", {}, textNodes(option.text, surface.directory), about));
    });
    const { id, "aria-labelledby": labelledBy, "aria-label": label, "aria-describedby": describedBy } = control;
    const role = kind === "radio" ? "radiogroup" : "group";
    const aria = { "aria-labelledby": labelledBy, "aria-label": label, "aria-describedby": describedBy };
    return el("div", { class: "choices", role, id, tabindex: "-1", "data-control": true, ...aria }, rows);
  };
}

function withOrWithout(shown, option, isOn) {
  const others = shown.filter((one) => one.value !== option.value);
  return isOn ? [...others, option] : others;
}

// ---- dates and times

function dateLike(type, { toField, toShown, words }) {
  return (element, { block, surface, control, inInput }) => {
    const inWords = el("span", { class: "field-note" }, words(surface.shown(block, element), surface));
    const input = el("input", {
      ...control,
      type,
      class: "field short",
      value: toField(surface.shown(block, element), surface),
    });
    let settling;
    const send = () => {
      clearTimeout(settling);
      const shown = input.value ? toShown(input.value, surface) : null;
      if (shown !== surface.shown(block, element)) surface.choose(block, element, shown);
      setText(inWords, words(shown, surface));
    };
    // A date being typed passes through other valid dates on its way; only one that has settled is told to the app.
    input.addEventListener("input", () => {
      clearTimeout(settling);
      settling = setTimeout(send, inInput && !block.dispatch_action ? 0 : SETTLE_MS);
    });
    input.addEventListener("blur", send);
    return el("span", { class: "date-place" }, input, inWords);
  };
}

const same = (value) => value ?? "";

const BUILD_DATES = {
  datepicker: dateLike("date", {
    toField: same,
    toShown: (value) => value,
    words: (shown) => (shown ? dateInWords(shown) : ""),
  }),
  timepicker: dateLike("time", { toField: same, toShown: (value) => value.slice(0, 5), words: () => "" }),
  datetimepicker: dateLike("datetime-local", {
    toField: (shown, surface) => (shown ? toWallClock(shown, surface.directory.zone) : ""),
    toShown: (value, surface) => fromWallClock(value, surface.directory.zone),
    words: (shown, surface) => (shown ? dateInWords(toWallClock(shown, surface.directory.zone).slice(0, 10)) : ""),
  }),
};

// ---- typing

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "text", plain_text_input: "text" };

function textField(element, { block, surface, control }) {
  const isMultiline = Boolean(element.multiline);
  const input = el(isMultiline ? "textarea" : "input", {
    ...control,
    class: "field",
    value: surface.shown(block, element),
    type: isMultiline ? null : TYPES[element.type],
    rows: isMultiline ? "5" : null,
    inputmode: element.type === "number_input" ? "decimal" : null,
    autocomplete: "off",
    "data-submits": isMultiline ? null : "enter",
  });
  const counter = element.max_length ? el("span", { class: "field-note counter" }) : null;
  const count = () => counter && showCount(counter, element.max_length - input.value.length, element.max_length);
  const triggers = block.dispatch_action
    ? (element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"])
    : [];
  input.addEventListener("input", () => {
    count();
    if (triggers.includes("on_character_entered")) surface.chooseSoon(block, element, input.value);
    else surface.keep(block, element, input.value);
  });
  if (triggers.includes("on_enter_pressed"))
    input.addEventListener("keydown", (event) => sendOnEnter(event, () => surface.choose(block, element, input.value)));
  if (!triggers.length) input.addEventListener("change", () => surface.choose(block, element, input.value));
  count();
  return el("div", { class: "text-place" }, input, counter);
}

function sendOnEnter(event, send) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  send();
}

/** Say how much room is left, once a good part of it is used. */
function showCount(counter, left, most) {
  const words = left < 0 ? `${-left} too many` : `${left} left`;
  setText(counter, words);
  toggleAttribute(counter, "data-over", left < 0);
  toggleAttribute(counter, "hidden", left > Math.max(LEAST_ROOM, most / 5));
}

// ---- files

function fileField(element, { block, surface, control }) {
  const list = el("ul", { class: "file-list" });
  const draw = () =>
    list.replaceChildren(
      ...surface.shown(block, element).map((file) => el("li", {}, `${file.name} (${sizeInWords(file.size)})`)),
    );
  const input = el("input", {
    ...control,
    type: "file",
    multiple: (element.max_files ?? 10) > 1,
    accept: element.filetypes?.map((type) => `.${type}`).join(",") || null,
    onchange: async () => {
      surface.choose(block, element, await readFiles(input.files));
      draw();
    },
  });
  draw();
  return el("div", { class: "file-place" }, input, list);
}

const BUILDERS = {
  button,
  overflow,
  ...BUILD_DATES,
  static_select: staticSelect,
  multi_static_select: staticSelect,
  external_select: externalSelect,
  multi_external_select: externalSelect,
  users_select: usersSelect,
  multi_users_select: usersSelect,
  channels_select: channelsSelect,
  multi_channels_select: channelsSelect,
  conversations_select: conversationsSelect,
  multi_conversations_select: conversationsSelect,
  checkboxes: choices("checkbox", withOrWithout),
  radio_buttons: choices("radio", (_, option) => option),
  plain_text_input: textField,
  email_text_input: textField,
  url_text_input: textField,
  number_input: textField,
  file_input: fileField,
};
