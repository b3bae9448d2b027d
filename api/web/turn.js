/** One question and what became of it, drawn as an entry of the record. */

import { element, problemParagraphs } from "./dom.js";
import {
  bookTitle,
  citationParts,
  confidenceText,
  durationText,
  firstPoints,
  headingLines,
  lastPoints,
} from "./text.js";

const AROUND_QUOTE = 30; // code points of the sentence shown on either side of its quote
const EXCERPT = 120; // code points of a passage shown in a list
const CLOSEST = 3; // passages shown at once where nothing was found

/**
 * @typedef {Object} Actions what the buttons of an entry do
 * @property {(passage: import("./service.js").Passage, opener: HTMLElement) => void} open
 * @property {() => void} retry ask the same again
 * @property {() => void} edit put the question back where it can be changed
 */

/** The entry of a question; it is made when the question is asked and completed afterwards. */
export class TurnView {
  #actions;
  #outcome = element("div", { class: "outcome" });
  #understood = element("p", { class: "understood", hidden: true });

  /**
   * @param {string} question
   * @param {string[]} documents titles it is limited to
   * @param {Actions} actions
   */
  constructor(question, documents, actions) {
    this.#actions = actions;
    const limits = `范围：${documents.map(bookTitle).join("、")}`;
    const asked = [
      element("h2", { class: "question" }, question),
      this.#understood,
      ...(documents.length > 0 ? [element("p", { class: "limits" }, limits)] : []),
    ];
    this.article = element("article", { class: "turn" }, row("问", "asked", ...asked), this.#outcome);
  }

  /**
   * Show the question as the service understood it, where that differs from what was typed.
   * @param {string} typed
   * @param {string} standalone
   */
  understand(typed, standalone) {
    this.#understood.textContent = `理解为：${standalone}`;
    this.#understood.hidden = standalone.trim() === typed.trim();
  }

  /** @param {string} text what is being done now */
  showProgress(text) {
    this.#outcome.replaceChildren(row("", "progress", element("p", {}, text)));
  }

  /** @param {import("./service.js").Answer} answer */
  showAnswer(answer) {
    this.understand(answer.question, answer.standalone_question);
    const rows = answer.found ? this.#found(answer) : this.#notFound(answer);
    this.#outcome.replaceChildren(...rows);
  }

  /** @param {import("./http.js").Problem} problem */
  showProblem(problem) {
    const told = problemParagraphs(problem);
    this.#outcome.replaceChildren(row("", "problem", ...told, this.#again("重试")));
  }

  /** Show that the user stopped it. */
  showStopped() {
    const stopped = element("p", {}, "已停止。");
    this.#outcome.replaceChildren(row("", "stopped", stopped, this.#again("重新提问")));
  }

  #found(answer) {
    const quotes = answer.citations.map((citation) => {
      const quote = element("q", {}, citation.quote);
      return element("li", {}, quote, this.#citeButton(citation));
    });
    const figures = `${confidenceText(answer.confidence)}　${durationText(answer.timings_ms)}`;
    const cited = new Set(answer.citations.map((citation) => citation.passage_id));
    const others = answer.passages.filter((passage) => !cited.has(passage.passage_id));
    return [
      row(
        "答",
        "answered",
        element("ul", { class: "quotes" }, ...quotes),
        element("p", { class: "figures" }, figures),
      ),
      row(
        "据",
        "evidence",
        element("ol", {}, ...answer.citations.map((citation) => this.#evidence(citation))),
        this.#furtherPassages("其他相关段落", others),
      ),
    ];
  }

  #notFound(answer) {
    const words = [
      element("p", { class: "not-found" }, "报告中没有找到答案"),
      element("p", { class: "aside", lang: "en" }, "The reports do not answer this."),
    ];
    if (answer.passages.length === 0) return [row("答", "answered", ...words)];
    const closest = element("h3", { class: "label" }, "最接近的段落 ");
    closest.append(element("span", { lang: "en" }, "Closest passages"));
    return [
      row("答", "answered", ...words),
      row(
        "近",
        "closest",
        closest,
        this.#passageList(answer.passages.slice(0, CLOSEST)),
        this.#furtherPassages("其余段落", answer.passages.slice(CLOSEST)),
      ),
    ];
  }

  #furtherPassages(label, passages) {
    const summary = element("summary", {}, `${label} ${passages.length}`);
    const attributes = { class: "further", hidden: passages.length === 0 };
    return element("details", attributes, summary, this.#passageList(passages));
  }

  #citeButton(citation) {
    const label = `引用 ${citation.n}：打开原文`;
    const attributes = { "aria-label": label, "data-citation": String(citation.n) };
    return this.#opener(citation, { class: "cite", ...attributes }, `[${citation.n}]`);
  }

  #evidence(citation) {
    const { lead, quote, tail } = citationParts(citation);
    const item = element("li", {}, element("span", { class: "number" }, `[${citation.n}]`));
    item.append(this.#place(citation));
    if (`${lead}${tail}`.trim() !== "") {
      const quoted = element("b", { class: "quoted" }, quote);
      const around = [lastPoints(lead, AROUND_QUOTE), quoted, firstPoints(tail, AROUND_QUOTE)];
      item.append(element("p", { class: "excerpt" }, ...around));
    }
    return item;
  }

  #passageList(passages) {
    const items = passages.map((passage) => {
      const { rest } = headingLines(passage.passage, [passage.document_title, ...passage.headings]);
      const excerpt = firstPoints(rest.replace(/\s+/gu, " "), EXCERPT);
      return element("li", {}, this.#place(passage), element("p", { class: "excerpt" }, excerpt));
    });
    return element("ol", { class: "passages" }, ...items);
  }

  /** Title and headings of a passage; pressing them opens it. */
  #place(passage) {
    const title = element("span", { class: "title" }, bookTitle(passage.document_title));
    const path = passage.headings.map((heading) => element("span", { class: "heading" }, heading));
    const headings = element("span", { class: "path" }, ...path);
    return this.#opener(passage, { class: "place" }, title, headings);
  }

  #opener(passage, attributes, ...children) {
    const onclick = (event) => this.#actions.open(passage, event.currentTarget);
    const button = { type: "button", "aria-haspopup": "dialog", onclick };
    return element("button", { ...button, ...attributes }, ...children);
  }

  #again(label) {
    const { retry, edit } = this.#actions;
    const attributes = { class: "secondary", type: "button" };
    return element(
      "p",
      { class: "again" },
      element("button", { ...attributes, onclick: retry }, label),
      element("button", { ...attributes, onclick: edit }, "修改问题"),
    );
  }
}

/** A row of the entry with its word in the margin: 问, 答, 据. */
function row(word, name, ...children) {
  const margin = element("span", { class: "margin", "aria-hidden": "true" }, word);
  return element("div", { class: `row ${name}` }, margin, element("div", {}, ...children));
}
