// Slack's text objects → document nodes: plain_text, mrkdwn and rich_text. Markup in the words of others stays inert.

import { el } from "./dom.js";
import { fillDateTokens } from "./zones.js";

const EMOJI = {
  white_check_mark: "✅",
  heavy_check_mark: "✔️",
  warning: "⚠️",
  calendar: "📅",
  spiral_calendar_pad: "🗓️",
  date: "📅",
  wave: "👋",
  tada: "🎉",
  memo: "📝",
  pencil: "📝",
  bulb: "💡",
  lock: "🔒",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  bell: "🔔",
  zzz: "💤",
  speech_balloon: "💬",
  point_right: "👉",
  thumbsup: "👍",
  "+1": "👍",
  heart: "❤️",
  star: "⭐",
  clipboard: "📋",
  books: "📚",
  mortar_board: "🎓",
  seedling: "🌱",
  x: "❌",
  question: "❓",
  information_source: "ℹ️",
};

/** The words of a text object, or of a plain string. */
export function plainText(text) {
  const words = typeof text === "string" ? text : (text?.text ?? "");
  return withEmoji(words, text?.emoji !== false);
}

function withEmoji(words, wanted = true) {
  return wanted ? words.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole) : words;
}

/** A text object as nodes: mrkdwn is laid out, plain_text is not read for marks. */
export function textNodes(text, directory) {
  if (text?.type === "mrkdwn") return mrkdwn(text.text, directory);
  return [el("span", { class: "plain" }, plainText(text))];
}

/** Lay out mrkdwn: code blocks, quotes, lists, then marks within a line. */
export function mrkdwn(text, directory) {
  return text.split(/```\n?([\s\S]+?)\n?```/).flatMap((piece, index) => {
    if (index % 2) return [el("pre", {}, decoded(piece))];
    return piece
      ? groupLines(piece.replace(/^\n|\n$/g, index ? "" : "$&")).map((group) => lineGroup(group, directory))
      : [];
  });
}

function kindOfLine(line) {
  if (/^(>|&gt;)/.test(line)) return "quote";
  if (/^\s*(•|◦|-|\d+\.)\s/.test(line)) return "list";
  return "lines";
}

function groupLines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const kind = kindOfLine(line);
    if (groups.at(-1)?.kind === kind) groups.at(-1).lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups;
}

function lineGroup({ kind, lines }, directory) {
  const inside = (line) => inline(line, directory);
  if (kind === "quote")
    return el(
      "blockquote",
      {},
      joinLines(
        lines.map((line) => line.replace(/^(>|&gt;)\s?/, "")),
        inside,
      ),
    );
  if (kind === "list")
    return el(
      "div",
      { class: "list-lines", role: "list" },
      lines.map((line) => listLine(line, inside)),
    );
  return el("div", { class: "lines" }, joinLines(lines, inside));
}

function listLine(line, inside) {
  const [, mark, rest] = line.match(/^\s*(•|◦|-|\d+\.)\s+(.*)$/) ?? [null, "•", line];
  return el(
    "div",
    { role: "listitem" },
    el("span", { class: "list-mark" }, mark === "-" ? "•" : mark),
    el("span", {}, inside(rest)),
  );
}

function joinLines(lines, inside) {
  return lines.flatMap((line, index) => (index ? ["\n", ...inside(line)] : inside(line)));
}

const INLINE = new RegExp(
  [
    /`([^`\n]+)`/,
    /<([^<>\n]+)>/,
    /(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/,
    /(?<![\w_])_(?=\S)([^_\n]*[^_\s])_(?![\w_])/,
    /(?<![\w~])~(?=\S)([^~\n]*[^~\s])~(?![\w~])/,
  ]
    .map((pattern) => pattern.source)
    .join("|"),
  "g",
);

function inline(text, directory) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > from) nodes.push(decoded(text.slice(from, found.index)));
    nodes.push(mark(found, directory));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(decoded(text.slice(from)));
  return nodes;
}

function mark([, code, angled, bold, italic, struck], directory) {
  if (code !== undefined) return el("code", {}, decoded(code));
  if (angled !== undefined) return reference(angled, directory);
  if (bold !== undefined) return el("strong", {}, inline(bold, directory));
  if (italic !== undefined) return el("em", {}, inline(italic, directory));
  return el("s", {}, inline(struck, directory));
}

function decoded(text) {
  return withEmoji(text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"));
}

function reference(inside, directory) {
  const [target, ...labels] = inside.split("|");
  const label = labels.join("|");
  if (target.startsWith("@")) return mention(`@${directory.nameOf(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("#"))
    return mention(`#${directory.channelName(target.slice(1)) ?? (label || target.slice(1))}`);
  if (target.startsWith("!date^")) return shownDate(target, label, directory);
  if (target.startsWith("!")) return mention(`@${label.replace(/^@/, "") || target.slice(1).split("^")[0]}`);
  if (!isLeading(decoded(target))) return decoded(`<${inside}>`);
  return link(decoded(target), decoded(label || target));
}

function mention(words) {
  return el("span", { class: "mention" }, words);
}

function shownDate(target, fallback, directory) {
  const [, seconds, pattern, address] = target.split("^");
  const words = fillDateTokens(Number(seconds), pattern, directory) ?? decoded(fallback);
  const time = el("time", { datetime: new Date(Number(seconds) * 1000).toISOString() }, words);
  return address ? link(decoded(address), time) : time;
}

/** Whether an address leads to the web or to mail: nothing else is ever made a link. */
export function isLeading(address) {
  return /^(https?:|mailto:)/i.test(address);
}

/** A link, or the words alone where the address leads nowhere safe. */
export function link(address, content) {
  if (!isLeading(address)) return el("span", {}, content);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, content);
}

const RICH_PARTS = {
  text: (part) => styled(part, withEmoji(part.text)),
  link: (part) => link(part.url, styled(part, part.text || part.url)),
  user: (part, directory) => mention(`@${directory.nameOf(part.user_id) ?? part.user_id}`),
  channel: (part, directory) => mention(`#${directory.channelName(part.channel_id) ?? part.channel_id}`),
  usergroup: (part) => mention(`@${part.usergroup_id}`),
  broadcast: (part) => mention(`@${part.range}`),
  emoji: (part) => EMOJI[part.name] ?? `:${part.name}:`,
  date: (part, directory) => fillDateTokens(part.timestamp, part.format, directory) ?? part.fallback ?? "",
};

function styled(part, words) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code" };
  return Object.entries(tags).reduce(
    (inner, [style, tag]) => (part.style?.[style] ? el(tag, {}, inner) : inner),
    words,
  );
}

function richParts(parts, directory) {
  return parts.map((part) => RICH_PARTS[part.type]?.(part, directory) ?? "");
}

const RICH_BLOCKS = {
  rich_text_section: (part, directory) => el("div", { class: "lines" }, richParts(part.elements, directory)),
  rich_text_quote: (part, directory) => el("blockquote", {}, richParts(part.elements, directory)),
  rich_text_preformatted: (part, directory) => el("pre", {}, richParts(part.elements, directory)),
  rich_text_list: (part, directory) =>
    el(
      part.style === "ordered" ? "ol" : "ul",
      { class: `indent-${Math.min(part.indent ?? 0, 8)}`, start: part.offset ? part.offset + 1 : null },
      part.elements.map((item) => el("li", {}, richParts(item.elements, directory))),
    ),
};

/** The parts of a rich_text block. */
export function richText(block, directory) {
  return block.elements.map((part) => RICH_BLOCKS[part.type]?.(part, directory) ?? null);
}
