/** The source panel: a side panel on wide screens, a sheet over the page on narrow ones. */

import { byId, element } from "./dom.js";
import { isAbort } from "./events.js";
import { openedParagraph, passageParagraph } from "./pages.js";
import { readDocument } from "./service.js";
import { bookTitle, citationText } from "./text.js";

const NEIGHBOURS = 8; // passages shown on either side at first, and added by each press for more
const REBUILT = "报告在这次回答之后更新过，下面是回答时的段落。";
const ALONE = "暂时读不到报告全文，下面是回答所附的段落。";
const COPIED = "引文已复制。";
const COPY_REFUSED = "浏览器不允许复制，请在下方选取文字复制。";

/** @typedef {import("./service.js").Passage | import("./service.js").Citation} Opened */

export class SourcePanel {
  #dialog = byId("source");
  #text = byId("source-text");
  #note = byId("source-note");
  #wide = matchMedia("(min-width: 64rem)"); // the same width as in style.css
  #opener = null;
  #opened = null;
  #loading = new AbortController();

  constructor() {
    byId("source-close").addEventListener("click", () => this.close());
    byId("source-copy").addEventListener("click", () => this.#copy());
    this.#dialog.addEventListener("close", () => this.#afterClosing());
    this.#wide.addEventListener("change", () => this.#showAgain());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) this.close();
    });
  }

  /**
   * Show a passage in its document; the focus comes back to `opener` when the panel closes.
   * @param {Opened} opened
   * @param {HTMLElement} opener
   */
  async open(opened, opener) {
    this.#loading.abort();
    this.#loading = new AbortController();
    this.#opener?.removeAttribute("aria-expanded");
    this.#opener = opener;
    this.#opened = opened;
    opener.setAttribute("aria-expanded", "true");
    this.#describe();
    this.#showAlone("");
    this.#show();
    await this.#showInDocument(this.#loading.signal);
  }

  /** Close the panel, if it is open. */
  close() {
    this.#dialog.close();
  }

  #describe() {
    const { document_title, headings, source } = this.#opened;
    const isCitation = "quote" in this.#opened;
    byId("source-number").textContent = isCitation ? `[${this.#opened.n}]` : "";
    byId("source-title").textContent = bookTitle(document_title);
    const path = headings.map((heading) => element("span", { class: "heading" }, heading));
    byId("source-headings").replaceChildren(...path);
    byId("source-origin").textContent = source;
    byId("source-copy").hidden = !isCitation;
  }

  /** Modal on narrow screens, so that the page behind cannot be reached; beside the page on wide ones. */
  #show() {
    if (!this.#dialog.open) {
      if (this.#wide.matches) this.#dialog.show();
      else this.#dialog.showModal();
    }
    byId("source-title").focus({ preventScroll: true });
    this.#scrollToQuote();
  }

  #showAgain() {
    if (!this.#dialog.open) return;
    this.#dialog.close();
    this.#show();
  }

  #afterClosing() {
    if (this.#dialog.open) return; // it was only shown again in the other manner
    this.#loading.abort();
    this.#opener?.removeAttribute("aria-expanded");
    this.#opener?.focus();
    this.#opener = null;
  }

  #showAlone(note) {
    this.#note.textContent = note;
    this.#text.replaceChildren(openedParagraph(this.#opened));
  }

  async #showInDocument(signal) {
    try {
      const { passages } = await readDocument(this.#opened.document_id, signal);
      const at = passages.findIndex((passage) => this.#isOpened(passage));
      if (at < 0) this.#showAlone(REBUILT);
      else this.#showRange(passages, at - NEIGHBOURS, at + NEIGHBOURS + 1);
    } catch (error) {
      if (isAbort(error)) return;
      this.#showAlone(error.status === 404 ? REBUILT : ALONE);
    }
    this.#scrollToQuote();
  }

  /** A rebuilt document may hold other text under the same id; the offsets would then be wrong. */
  #isOpened(passage) {
    const { passage_id, passage: text } = this.#opened;
    return passage.passage_id === passage_id && passage.passage === text;
  }

  #showRange(passages, from, to) {
    const paragraphs = passages
      .slice(Math.max(from, 0), to)
      .map((passage) => this.#paragraph(passage));
    const after = passages.length - to;
    this.#text.replaceChildren(
      this.#more("上文", from, () => this.#showRange(passages, from - NEIGHBOURS, to)),
      ...paragraphs,
      this.#more("下文", after, () => this.#showRange(passages, from, to + NEIGHBOURS)),
    );
  }

  #more(label, left, show) {
    const onclick = () => this.#keepingPlace(show);
    const attributes = { class: "secondary more", type: "button", hidden: left <= 0, onclick };
    return element("button", attributes, `${label}（还有 ${left} 段）`);
  }

  #paragraph(passage) {
    if (this.#isOpened(passage)) return openedParagraph(this.#opened);
    return passageParagraph(passage, this.#opened.document_title);
  }

  /** Change the paragraphs shown without moving those that the reader sees. */
  #keepingPlace(change) {
    const top = () => this.#text.querySelector(".opened").getBoundingClientRect().top;
    const before = top();
    change();
    this.#text.scrollBy({ top: top() - before, behavior: "instant" });
    this.#text.focus({ preventScroll: true });
  }

  #scrollToQuote() {
    const target = this.#text.querySelector(".quote, .opened");
    const fits = target.offsetHeight < this.#text.clientHeight;
    target.scrollIntoView({ block: fits ? "center" : "start" });
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(citationText(this.#opened));
      this.#note.textContent = COPIED;
    } catch {
      // no clipboard outside a secure context, which plain http to another machine is not
      this.#note.replaceChildren(COPY_REFUSED, element("code", {}, citationText(this.#opened)));
    }
  }
}
