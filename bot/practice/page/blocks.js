// Block Kit's blocks, one builder a type, and the errors that stand under a question.

import { el, freshId, renderKeyed, toggleAttribute } from "./dom.js";
import { elementNode } from "./elements.js";
import { plainText, richText, textNodes } from "./words.js";

/** Show blocks in `parent`, keeping every block that has not changed. */
export function renderBlocks(parent, surface) {
  renderKeyed(parent, surface.blocks, {
    key: (block) => block.block_id ?? JSON.stringify(block),
    signature: (block) => JSON.stringify(block),
    render: (block) => blockNode(block, surface),
  });
}

function blockNode(block, surface) {
  const build = BUILDERS[block.type];
  const inside = build
    ? build(block, surface)
    : el("p", { class: "unknown" }, `(a ${block.type} block is not shown here)`);
  return el("div", { class: `block block-${block.type}`, "data-block": block.block_id ?? "" }, inside);
}

function section(block, surface) {
  const labelId = freshId("text");
  const words = el(
    "div",
    { class: "section-words", id: labelId },
    block.text && textNodes(block.text, surface.directory),
  );
  if (block.fields)
    words.append(
      el(
        "div",
        { class: "fields" },
        block.fields.map((field) => el("div", {}, textNodes(field, surface.directory))),
      ),
    );
  return [
    words,
    block.accessory &&
      el(
        "div",
        { class: "accessory" },
        partNode(block.accessory, { block, surface, labelId: block.text ? labelId : null }),
      ),
  ];
}

function partNode(part, { block, surface, labelId }) {
  if (part.type === "image") return picture(part);
  // A button says its own name; a select or a picker is named by the text it stands beside.
  return elementNode(part, { block, surface, labelId: part.type === "button" || part.placeholder ? null : labelId });
}

function context(block, surface) {
  return block.elements.map((part) =>
    part.type === "image" ? picture(part) : el("span", {}, textNodes(part, surface.directory)),
  );
}

function actions(block, surface) {
  return block.elements.map((part) => elementNode(part, { block, surface }));
}

function input(block, surface) {
  const [labelId, hintId] = [freshId("label"), block.hint ? freshId("hint") : null];
  const node = elementNode(block.element, { block, surface, labelId, hintId });
  const field = node.matches("[data-control]") ? node : node.querySelector("[data-control]");
  const optional = block.optional && el("span", { class: "optional" }, " (optional)");
  const label = el(
    "label",
    { id: labelId, for: field?.matches("input, textarea") ? field.id : null, class: "question" },
    plainText(block.label),
    optional,
  );
  const hint = block.hint && el("p", { class: "hint", id: hintId }, plainText(block.hint));
  return [label, node, hint];
}

/** Only pictures that are already on this computer are fetched; any other is shown by its description. */
function picture(part) {
  const address = part.image_url ?? "";
  const isHere =
    /^data:image\//.test(address) || new URL(address || "about:blank", location.href).origin === location.origin;
  const label = part.alt_text;
  return isHere && address
    ? el("img", { src: address, alt: label })
    : el("span", { class: "picture", role: "img", "aria-label": label }, label);
}

function image(block) {
  return el("figure", {}, block.title && el("figcaption", {}, plainText(block.title)), picture(block));
}

function alertBlock(block, surface) {
  return el(
    "div",
    { class: `alert ${block.level ?? "default"}`, role: "note" },
    textNodes(block.text, surface.directory),
  );
}

const BUILDERS = {
  section,
  context,
  actions,
  input,
  image,
  alert: alertBlock,
  header: (block) => el(`h${Math.min((block.level ?? 1) + 2, 6)}`, { class: "header-words" }, plainText(block.text)),
  divider: () => el("hr"),
  rich_text: (block, surface) => richText(block, surface.directory),
  markdown: (block) => el("div", { class: "plain" }, block.text),
  file: (block) => el("span", {}, block.external_id ?? "A file"),
};

/** Put each error under its question, take away old ones, and return the first control with an error. */
export function showErrors(parent, errors) {
  let first = null;
  for (const node of parent.querySelectorAll(":scope > .block-input")) {
    const field = showError(node, errors[node.dataset.block]);
    first ??= field;
  }
  return first;
}

function showError(node, words) {
  const field = node.querySelector("[data-control]");
  const old = node.querySelector(".field-error");
  const others = (field?.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== old?.id);
  old?.remove();
  if (!field) return null;
  const error = words ? el("p", { class: "field-error", id: freshId("error") }, words) : null;
  if (error) node.append(error);
  toggleAttribute(field, "aria-invalid", words ? "true" : null);
  toggleAttribute(field, "aria-describedby", [...others, error?.id].filter(Boolean).join(" ") || null);
  return words ? field : null;
}
