// "What if…": a few of the things that go wrong between Slack and an app, to try by hand.

import { getJson, postJson } from "./api.js";
import { el } from "./dom.js";

const OFFERED = [
  "slow",
  "rate_limited",
  "server_error_after",
  "cut_after",
  "lost",
  "duplicate_event",
  "archive_channel",
  "remove_app",
  "home_off",
  "home_on",
  "clear",
];

/** Fill the panel when it is opened; `currentChannel` says which channel a switch about channels means. */
export function prepareWhatIf(panel, currentChannel) {
  const [list, status] = [el("div", { class: "faults" }), el("p", { role: "status" })];
  panel.append(el("summary", {}, "What if…"), status, list);
  panel.addEventListener("toggle", () => panel.open && drawFaults(list, status, currentChannel));
}

async function drawFaults(list, status, currentChannel) {
  const { faults, waiting } = await getJson("/practice/faults");
  const offered = OFFERED.flatMap((name) => faults.filter((one) => one.fault === name));
  list.replaceChildren(...offered.map((one) => faultButton(one, status, currentChannel)));
  showWaiting(status, waiting);
}

function faultButton(one, status, currentChannel) {
  const flip = async () => {
    status.textContent = await switchOn(one, currentChannel());
    if (!status.textContent) showWaiting(status, (await getJson("/practice/faults")).waiting);
  };
  return el(
    "button",
    { type: "button", class: "button", "data-focus": `fault ${one.fault}`, onclick: flip },
    wordsOf(one),
  );
}

function wordsOf({ what, needs }) {
  return needs === "channel" ? what.replace(/ a channel/, " the channel I am looking at") : what;
}

/** Switch it on; gives the reason when that cannot be done. */
async function switchOn({ fault, needs }, channel) {
  const answer = await postJson("/practice/fault", { fault, ...(needs === "channel" ? { channel } : {}) });
  return answer.ok ? "" : answer.error;
}

function showWaiting(status, waiting) {
  const names = waiting.map((one) => `${one.fault.replaceAll("_", " ")} (${one.times})`);
  status.textContent = names.length ? `Still to come: ${names.join(", ")}.` : "No fault is waiting to happen.";
}
