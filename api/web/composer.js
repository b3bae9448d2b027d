/** Where the question is written; one question is asked at a time. */

import { byId } from "./dom.js";

export class Composer {
  #onQuestion;
  #field = byId("question");
  #send = byId("send");
  #stop = byId("stop");
  #running = null;

  /** @param {(question: string) => void} onQuestion called with each question, blanks trimmed */
  constructor(onQuestion) {
    this.#onQuestion = onQuestion;
    this.#field.addEventListener("keydown", (event) => this.#onKey(event));
    this.#stop.addEventListener("click", () => this.stop());
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.submit(this.#field.value)) this.#field.value = "";
    });
  }

  /**
   * Ask a question, unless it is blank or another one is being answered.
   * @param {string} question
   * @returns {boolean} whether it was asked
   */
  submit(question) {
    const asked = question.trim();
    if (asked === "" || this.#running !== null) return false;
    this.#onQuestion(asked);
    return true;
  }

  /**
   * Show that a question is being answered.
   * @returns {AbortSignal} aborted when the user stops it
   */
  start() {
    this.#running = new AbortController();
    this.#showRunning(true);
    return this.#running.signal;
  }

  /** Take the next question. */
  finish() {
    this.#running = null;
    this.#showRunning(false);
  }

  /** Stop the question that is being answered, if there is one. */
  stop() {
    this.#running?.abort();
  }

  /**
   * Put a question back into the field, unless another one is being written there.
   * @param {string} question
   * @returns {boolean} whether it was put back
   */
  edit(question) {
    this.focus();
    if (this.#field.value.trim() !== "") return false;
    this.#field.value = question;
    return true;
  }

  /** Put the cursor where the next question goes. */
  focus() {
    this.#field.focus();
  }

  #showRunning(running) {
    const [shown, hidden] = running ? [this.#stop, this.#send] : [this.#send, this.#stop];
    const hadFocus = document.activeElement === hidden;
    shown.hidden = false;
    hidden.hidden = true;
    if (hadFocus) shown.focus();
  }

  /** Enter asks; while an input method composes, Enter only accepts its candidate. */
  #onKey(event) {
    const isComposing = event.isComposing || event.keyCode === 229; // 229: Safari's last Enter
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    byId("composer").requestSubmit();
  }
}
