// One place where blocks are shown (a message, the Home tab, a modal) and what the person has typed there so far.

import { isStateful, listElements, rawValue, startingValue } from "./shapes.js";

const TYPING_PAUSE_MS = 300;

function keyOf(block, element) {
  return JSON.stringify([block.block_id, element.action_id]);
}

/** What is typed stays as long as its block_id and action_id stay, whatever else the app changes around it. */
export class Surface {
  constructor(where, client) {
    this.where = where;
    this.client = client;
    this.blocks = [];
    this.stored = {};
    this.drafts = new Map();
    this.typing = new Map();
    this.isClosed = false;
  }

  get directory() {
    return this.client.directory;
  }

  /** Take the blocks as they are now; forget what was typed in elements that are gone. */
  update(blocks, stored = {}) {
    this.blocks = blocks;
    this.stored = stored;
    const alive = new Set(blocks.flatMap((block) => listElements(block).map((element) => keyOf(block, element))));
    for (const key of this.drafts.keys()) if (!alive.has(key)) this.drafts.delete(key);
  }

  /** What an element shows now. */
  shown(block, element) {
    const draft = this.drafts.get(keyOf(block, element));
    return draft === undefined ? startingValue(element, this.stored[block.block_id]?.[element.action_id]) : draft;
  }

  /** Remember what is typed, without telling anybody yet. */
  keep(block, element, shown) {
    this.drafts.set(keyOf(block, element), shown);
  }

  /** Remember a choice and tell the server, which stores it or passes it on to the app. */
  choose(block, element, shown) {
    this.keep(block, element, shown);
    this.tell(block, element, rawValue(element, shown));
  }

  /** Tell the server about typing once the person pauses (for inputs that report every character). */
  chooseSoon(block, element, shown) {
    this.keep(block, element, shown);
    clearTimeout(this.typing.get(element));
    this.typing.set(
      element,
      setTimeout(() => this.choose(block, element, shown), TYPING_PAUSE_MS),
    );
  }

  /** Press a button or an overflow item. */
  press(block, element, value) {
    return this.tell(block, element, value);
  }

  tell(block, element, value) {
    const ids = { where: this.where, block_id: block.block_id, action_id: element.action_id };
    const isWanted = () => !this.isClosed;
    return this.client.act({ kind: "press", ...ids, ...(value === undefined ? {} : { value }) }, { isWanted });
  }

  suggest(block, element, query) {
    return this.client.suggest({ where: this.where, block_id: block.block_id, action_id: element.action_id, query });
  }

  /** Everything filled in, as `submit` sends it: {block_id: {action_id: raw}}. */
  values() {
    const values = {};
    for (const block of this.blocks) {
      for (const element of listElements(block).filter(isStateful)) {
        values[block.block_id] ??= {};
        values[block.block_id][element.action_id] = rawValue(element, this.shown(block, element));
      }
    }
    return values;
  }
}
