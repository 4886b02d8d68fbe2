// "What if…": switches for the things that go wrong between Slack and an app.

import { getJson, postJson } from "./api.js";
import { el } from "./dom.js";

/** Fill the panel when it is first opened. */
export function prepareWhatIf(panel) {
  panel.append(el("summary", {}, "What if…"), el("div", { class: "faults" }));
  panel.addEventListener("toggle", () => panel.open && drawFaults(panel.querySelector(".faults")));
}

async function drawFaults(place) {
  const { faults } = await getJson("/practice/faults");
  place.replaceChildren(...faults.map((fault) => faultButton(fault, place)));
}

function faultButton(fault, place) {
  const send = async () => {
    await postJson("/practice/fault", { fault: fault.fault });
    drawFaults(place);
  };
  return el("button", { type: "button", class: "button", onclick: send }, fault.label ?? fault.fault);
}
