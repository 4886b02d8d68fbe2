// The page: who is looking, where they are, and keeping what they see up to date.

import { act, getJson, listen, suggest } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { ClockBar } from "./clock_bar.js";
import { Composer } from "./composer.js";
import { Directory } from "./directory.js";
import { el, setText, toggleAttribute } from "./dom.js";
import { MessageList, avatar } from "./messages.js";
import { Modals } from "./modals.js";
import { PeopleList } from "./people.js";
import { menuButton } from "./popup.js";
import { listPlaces, showPlaces } from "./sidebar.js";
import { Surface } from "./surface.js";
import { prepareWhatIf } from "./what_if.js";

const PATIENCE_MS = 400;
const byId = (id) => document.getElementById(id);

const page = {
  person: null,
  channel: null,
  people: null,
  state: null,
  ownNotice: null,
  refreshing: null,
  shown: null,
  isStale: false,
  isLost: false,
  lastAct: Promise.resolve(),
};

const client = {
  directory: new Directory(),
  act: actAsPerson,
  suggest: (body) => suggest({ ...body, person: page.person }),
};

const home = new Surface({ home: true }, client);
const modals = new Modals(byId("modal"), client);
const composer = new Composer(byId("composer"), client);
const clockBar = new ClockBar(byId("clock"), byId("clock-status"), { onMoved: refresh });
const messages = new MessageList({ scroller: byId("scroller"), list: byId("messages"), newer: byId("newer") }, client);
const switcher = new PeopleList(byId("people-list"), { onChoose: becomePerson });
const welcome = new PeopleList(byId("welcome-people"), { onChoose: becomePerson });

// ---- acting

/**
 * Do what the person did, after everything they did before it: a field left and a button pressed must arrive in that
 * order. What no longer matters when its turn comes (typing in a form that has closed) is dropped.
 */
function actAsPerson(body, { isWanted = () => true } = {}) {
  const turn = page.lastAct.then(() => (isWanted() ? actNow(body) : { ok: true }));
  page.lastAct = turn;
  return turn;
}

async function actNow(body) {
  page.ownNotice = null;
  const waiting = setTimeout(() => toggleAttribute(document.body, "aria-busy", "true"), PATIENCE_MS);
  let answer;
  try {
    answer = await act({ ...body, person: page.person });
    page.ownNotice = answer.ok ? null : answer.error;
  } catch {
    page.ownNotice = "The practice server did not answer. Is it still running? Try again.";
  }
  clearTimeout(waiting);
  toggleAttribute(document.body, "aria-busy", null);
  await refresh();
  return answer;
}

// ---- going somewhere

function addressOf(person, channel) {
  return `?${new URLSearchParams(channel ? { person, channel } : { person })}`;
}

/** Start afresh as somebody else: nothing typed or shown for one person may be left for another. */
function becomePerson(person) {
  location.assign(addressOf(person));
}

async function goTo(channel) {
  history.pushState(null, "", addressOf(page.person, channel));
  closeSidebar();
  await followAddress();
  placeFocus();
}

/** Be ready to write, except on a phone, where that would raise the keyboard over the messages. */
function placeFocus() {
  const field = byId("composer-field");
  const isReady = field.offsetParent !== null && !field.disabled && matchMedia("(min-width: 721px)").matches;
  (isReady ? field : byId("main")).focus({ preventScroll: true });
}

/** Be the person and in the place that the address names. */
async function followAddress() {
  const query = new URLSearchParams(location.search);
  const person = query.get("person");
  if (page.person !== null && person !== page.person) return location.reload();
  if (page.person === null) startAs(person);
  page.channel = query.get("channel");
  await refresh();
  if (page.person && page.channel === "home") await actAsPerson({ kind: "home" });
}

function startAs(person) {
  page.person = person;
  const onChange = (version) => {
    if (page.state?.version !== version || page.isLost) refresh();
  };
  const onLost = () => showLost();
  if (person) listen(person, { onChange, onLost });
}

// ---- keeping up to date

/** Fetch and show everything; a call during another makes that one run once more. */
function refresh() {
  page.isStale = true;
  page.refreshing ??= refreshWhileStale();
  return page.refreshing;
}

async function refreshWhileStale() {
  while (page.isStale) {
    page.isStale = false;
    await fetchAndShow();
  }
  page.refreshing = null;
}

async function fetchAndShow() {
  try {
    page.people = await getJson("/practice/people");
    client.directory.takePeople(page.people.people);
    if (!client.directory.nameOf(page.person)) return showWelcome();
    await showWorkspace(page.person);
  } catch (problem) {
    console.error(problem);
    showLost();
  }
}

async function showWorkspace(person) {
  const state = await getJson("/practice/state", { person });
  page.state = state;
  page.isLost = false;
  client.directory.takeState(state);
  const places = listPlaces(state);
  const place = places.find(({ id }) => id === page.channel) ?? places.find(({ isOpen }) => isOpen) ?? places[0];
  const shown = place.id === "home" ? null : await getJson("/practice/messages", { person, channel: place.id });
  if (page.channel && page.channel !== place.id && places.some(({ id }) => id === page.channel)) return;
  byId("welcome").hidden = true;
  byId("workspace").hidden = false;
  page.shown = place.id;
  showFrame(state, places, place);
  if (shown) showConversation(place, shown.messages, state);
  else showHome(state);
  showModalsAndNotices(state);
}

function showWelcome() {
  const wasHidden = byId("welcome").hidden;
  byId("workspace").hidden = true;
  byId("welcome").hidden = false;
  document.title = "Practice workspace";
  welcome.show(page.people.people, null);
  modals.show([], {}, null);
  if (wasHidden) welcome.search.focus();
}

function showFrame(state, places, place) {
  setText(byId("workspace-name"), page.people.workspace);
  setText(byId("place-title"), place.id === "home" ? `${state.app.name} – Home` : place.title);
  clockBar.show(state.now_text, page.people.clock_moves);
  switcher.show(page.people.people, page.person);
  showMe(state.me);
  const opened = places.map((one) => (one.id === place.id ? { ...one, unread: 0 } : one));
  showPlaces(byId("places"), opened, { current: place.id, addressOf: (id) => addressOf(page.person, id), onGo: goTo });
  const unread = opened.reduce((sum, one) => sum + one.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ""}${place.title ?? "Home"} – ${state.me.name} – Practice workspace`;
  setText(byId("menu-unread"), `${unread} unread`);
  toggleAttribute(byId("menu-unread"), "hidden", !unread);
  showOffline(state.app.connected ? "" : `${state.app.name} is not connected, so it cannot answer.`);
}

function showMe(me) {
  const title = client.directory.people.get(me.id)?.title ?? "";
  if (byId("me").dataset.shown === `${me.id} ${me.name} ${title}`) return;
  byId("me").dataset.shown = `${me.id} ${me.name} ${title}`;
  const words = el(
    "span",
    {},
    el("span", { class: "unseen" }, "You are "),
    el("strong", {}, me.name),
    el("span", { class: "person-title" }, title),
  );
  byId("me").replaceChildren(avatar(me.name), words, el("span", { class: "change" }, "Change"));
}

function showConversation(place, list, state) {
  byId("home").hidden = true;
  byId("conversation").hidden = false;
  messages.show(place.id, list, `This is the beginning of ${place.title}.`);
  composer.show({ channel: place.id, name: place.title, commands: state.commands, isOpen: place.isOpen });
}

function showHome(state) {
  messages.leave();
  byId("conversation").hidden = true;
  byId("home").hidden = false;
  const nothing = {
    type: "section",
    block_id: "nothing-yet",
    text: { type: "plain_text", text: `${state.app.name} has not put anything here yet.` },
  };
  home.update(state.home?.blocks ?? [nothing], state.home?.state?.values);
  renderBlocks(byId("home"), home);
}

function showModalsAndNotices(state) {
  const notice = page.ownNotice ?? state.notice;
  modals.show(state.modals, state.errors, notice);
  const words = state.modals.length ? "" : (notice ?? "");
  setText(byId("notice"), words);
  toggleAttribute(byId("notice"), "hidden", !words);
}

function showLost() {
  page.isLost = true;
  showOffline("Lost touch with the practice server. Trying again…");
}

function showOffline(words) {
  setText(byId("offline"), words);
  toggleAttribute(byId("offline"), "hidden", !words);
}

// ---- the frame's own buttons

function shortcutItems() {
  return page.state.shortcuts.map((shortcut) => ({
    text: shortcut.name,
    detail: shortcut.description,
    onChoose: () => actAsPerson({ kind: "shortcut", callback_id: shortcut.callback_id }),
  }));
}

function toggleSidebar() {
  const isOpen = byId("workspace").classList.toggle("sidebar-open");
  toggleAttribute(byId("menu-button"), "aria-expanded", String(isOpen));
  if (isOpen) byId("places").querySelector('[aria-current="page"]')?.focus();
}

function closeSidebar() {
  if (byId("workspace").classList.contains("sidebar-open")) toggleSidebar();
}

function prepareFrame() {
  const content = [el("span", { "aria-hidden": "true" }, "⚡"), "Shortcuts"];
  byId("shortcuts").append(...menuButton({ label: "Shortcuts", content, className: "button", items: shortcutItems }));
  byId("menu-button").addEventListener("click", toggleSidebar);
  byId("me").addEventListener("click", () => {
    byId("people").showModal();
    switcher.search.focus();
  });
  byId("people-close").addEventListener("click", () => byId("people").close());
  byId("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && closeSidebar());
  prepareWhatIf(byId("what-if"), () => page.shown);
  window.addEventListener("popstate", followAddress);
}

prepareFrame();
await followAddress();
if (page.person && !modals.top) placeFocus();
