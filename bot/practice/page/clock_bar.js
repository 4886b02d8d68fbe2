// The practice clock: moving it lets the app meet every moment on the way.

import { postJson } from "./api.js";
import { setText, toggleAttribute } from "./dom.js";

/** The bar with the time and the buttons that move it. */
export class ClockBar {
  constructor(bar, status, { onMoved }) {
    Object.assign(this, { bar, status, onMoved, isMoving: false });
    this.now = bar.querySelector(".clock-now");
    this.buttons = [...bar.querySelectorAll("button[data-step]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.move(button.dataset.step));
  }

  show(nowText, canMove) {
    setText(this.now, nowText);
    for (const button of this.buttons) toggleAttribute(button, "hidden", !canMove);
  }

  async move(step) {
    if (this.isMoving) return;
    this.setMoving(true);
    setText(this.status, "Moving the clock…");
    setText(this.status, await this.sentence(step));
    this.setMoving(false);
    this.onMoved();
  }

  async sentence(step) {
    try {
      const answer = await postJson("/practice/clock", { step });
      return answer.ok ? answer.what : (answer.error ?? "The clock did not move.");
    } catch {
      return "The clock did not move: the practice server did not answer. Try again.";
    }
  }

  setMoving(isMoving) {
    this.isMoving = isMoving;
    toggleAttribute(this.bar, "aria-busy", isMoving ? "true" : null);
    for (const button of this.buttons) toggleAttribute(button, "aria-disabled", isMoving ? "true" : null);
  }
}
