// The list of messages of one conversation.

import { renderBlocks } from "./blocks.js";
import { el, renderKeyed, setText } from "./dom.js";
import { sizeInWords } from "./files.js";
import { Surface } from "./surface.js";
import { mrkdwn } from "./words.js";

const NEAR_BOTTOM_PX = 48;

/** Shows messages oldest first, and stays at the newest if that is where the reader was. */
export class MessageList {
  constructor({ scroller, list, newer }, client) {
    Object.assign(this, { scroller, list, newer, client, channel: null, surfaces: new Map() });
    newer.addEventListener("click", () => this.toNewest());
    this.follows = true;
    scroller.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    new ResizeObserver(() => this.follows && this.toNewest()).observe(scroller);
  }

  show(channel, messages, emptyWords) {
    const isOther = channel !== this.channel;
    if (!isOther) this.noteScroll();
    const follow = isOther || this.follows;
    const before = this.list.childElementCount;
    if (isOther) this.surfaces.clear();
    this.channel = channel;
    renderKeyed(this.list, messages.length ? withDays(messages) : [{ empty: emptyWords }], {
      key: (message) => `${channel} ${message.day ?? message.ts} ${message.is_ephemeral}`,
      signature: (message) => JSON.stringify([message, this.client.directory.nameOf(message.user)]),
      render: (message) => this.row(message),
    });
    if (follow) this.toNewest();
    else if (this.list.childElementCount > before) this.newer.hidden = false;
  }

  /** Another place is shown: coming back begins at the newest again. */
  leave() {
    this.channel = null;
  }

  noteScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.follows = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (this.follows) this.newer.hidden = true;
  }

  toNewest() {
    this.follows = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.newer.hidden = true;
  }

  row(message) {
    if (message.empty) return el("li", { class: "empty" }, message.empty);
    return message.day ? el("li", { class: "day" }, el("span", {}, message.day)) : this.item(message);
  }

  item(message) {
    const name = this.authorName(message);
    const head = el(
      "div",
      { class: "message-head" },
      el("strong", {}, name),
      message.bot_id && el("span", { class: "tag" }, "App"),
      el("time", {}, message.time_text),
      message.edited && el("span", { class: "edited" }, "(edited)"),
    );
    const only = message.is_ephemeral && el("p", { class: "only-you" }, "Only visible to you");
    const body = el(
      "div",
      { class: "message-body" },
      only,
      head,
      this.content(message),
      fileLinks(message.files ?? []),
    );
    return el(
      "li",
      { class: message.is_ephemeral ? "message ephemeral" : "message" },
      avatar(name, message.bot_id),
      body,
    );
  }

  authorName(message) {
    return message.username || this.client.directory.nameOf(message.user) || "Somebody";
  }

  content(message) {
    const node = el("div", { class: "blocks" });
    if (!message.blocks?.length) node.append(...mrkdwn(message.text ?? "", this.client.directory));
    else renderBlocks(node, this.surfaceOf(message));
    return node;
  }

  surfaceOf(message) {
    const known =
      this.surfaces.get(message.ts) ?? new Surface({ message: { channel: this.channel, ts: message.ts } }, this.client);
    this.surfaces.set(message.ts, known);
    known.update(message.blocks);
    return known;
  }
}

/** Messages with a line wherever a new day begins. */
function withDays(messages) {
  return messages.flatMap((message, index) => {
    const isNewDay = message.day_text && message.day_text !== messages[index - 1]?.day_text;
    return isNewDay ? [{ day: message.day_text }, message] : [message];
  });
}

/** A person's initials on a steady colour; the name stands beside it, so it says nothing to a screen reader. */
export function avatar(name, isApp) {
  const initials = name
    .split(/\s+/)
    .map((word) => word[0])
    .join("")
    .slice(0, 2)
    .toUpperCase();
  const hue = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  const node = el("span", { class: isApp ? "avatar app-avatar" : `avatar hue-${hue}`, "aria-hidden": "true" });
  setText(node, isApp ? "" : initials);
  return node;
}

function fileLinks(files) {
  if (!files.length) return null;
  return el(
    "ul",
    { class: "file-list" },
    files.map((file) => el("li", {}, fileLink(file))),
  );
}

function fileLink(file) {
  const words = `${file.title || file.name} (${sizeInWords(file.size ?? 0)})`;
  const address = new URL(file.url_private ?? "about:blank", location.href);
  return address.origin === location.origin ? el("a", { href: address.href, download: file.name }, words) : words;
}
