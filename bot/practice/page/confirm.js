// "Are you sure?": Block Kit's confirm object.

import { el } from "./dom.js";
import { plainText, textNodes } from "./words.js";

const NOBODY = { nameOf: () => null, channelName: () => null, zone: "UTC", now: 0 };

/** Ask, and answer true when the person agreed. Focus goes back to where it was. */
export function askFirst(confirm) {
  const dialog = el("dialog", { class: "confirm", "aria-label": plainText(confirm.title) });
  const before = document.activeElement;
  const answer = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      before?.focus();
      resolve(dialog.returnValue === "yes");
    });
  });
  dialog.append(confirmForm(confirm));
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  return answer;
}

function confirmForm(confirm) {
  const yes = el("button", { value: "yes", class: `button ${confirm.style ?? "primary"}` }, plainText(confirm.confirm));
  const no = el("button", { value: "no", class: "button" }, plainText(confirm.deny));
  const words = confirm.text.type === "mrkdwn" ? textNodes(confirm.text, NOBODY) : plainText(confirm.text);
  return el(
    "form",
    { method: "dialog" },
    el("h2", {}, plainText(confirm.title)),
    el("div", {}, words),
    el("div", { class: "dialog-buttons" }, no, yes),
  );
}
