// What each stateful element holds: where it starts, what the server remembers, and what is sent.
// "Shown" is what the page keeps (whole options, so their words can be drawn); "raw" is what the protocol carries.

const TEXT = { initial: (e) => e.initial_value ?? "", stored: (s) => s.value ?? "", raw: (shown) => shown };
const OPTION = {
  initial: (e) => e.initial_option ?? null,
  stored: (s) => s.selected_option,
  raw: (shown) => shown?.value ?? null,
};
const OPTIONS = {
  initial: (e) => e.initial_options ?? [],
  stored: (s) => s.selected_options ?? [],
  raw: (shown) => shown.map((option) => option.value),
};

function one(initial, selected) {
  return { initial: (e) => e[initial] ?? null, stored: (s) => s[selected] ?? null, raw: (shown) => shown };
}

function many(initial, selected) {
  return { initial: (e) => e[initial] ?? [], stored: (s) => s[selected] ?? [], raw: (shown) => shown };
}

const SHAPES = {
  plain_text_input: TEXT,
  email_text_input: TEXT,
  url_text_input: TEXT,
  number_input: TEXT,
  static_select: OPTION,
  external_select: OPTION,
  radio_buttons: OPTION,
  multi_static_select: OPTIONS,
  multi_external_select: OPTIONS,
  checkboxes: OPTIONS,
  users_select: one("initial_user", "selected_user"),
  channels_select: one("initial_channel", "selected_channel"),
  conversations_select: one("initial_conversation", "selected_conversation"),
  multi_users_select: many("initial_users", "selected_users"),
  multi_channels_select: many("initial_channels", "selected_channels"),
  multi_conversations_select: many("initial_conversations", "selected_conversations"),
  datepicker: one("initial_date", "selected_date"),
  timepicker: one("initial_time", "selected_time"),
  datetimepicker: one("initial_date_time", "selected_date_time"),
  file_input: { initial: () => [], stored: () => [], raw: (shown) => shown },
};

/** Whether an element holds a value of its own (buttons and overflow menus do not). */
export function isStateful(element) {
  return element.type in SHAPES;
}

/** What an element shows before anybody touches it; `stored` is the server's memory of it, if any. */
export function startingValue(element, stored) {
  const shape = SHAPES[element.type];
  return (stored ? shape.stored(stored) : undefined) ?? shape.initial(element);
}

/** What the protocol carries for what is shown. */
export function rawValue(element, shown) {
  return SHAPES[element.type].raw(shown);
}

/** The elements a block holds, wherever the block keeps them. */
export function listElements(block) {
  if (block.type === "input") return [block.element];
  if (block.type === "actions") return block.elements;
  return block.type === "section" && block.accessory ? [block.accessory] : [];
}
