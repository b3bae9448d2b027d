/** Passages of a document as paragraphs, the cited one with its sentence and quote marked. */

import { element } from "./dom.js";
import { citationParts, headingLines, MARKDOWN_MARK } from "./text.js";

/**
 * Draw one passage.
 * @param {{passage_id: string, passage: string, headings: string[]}} passage
 * @param {string} title of its document
 * @returns {HTMLElement}
 */
export function passageParagraph(passage, title) {
  const paragraph = element("p", { class: "passage", "data-passage": passage.passage_id });
  paragraph.append(...withHeadings(passage, title, passage.passage));
  return paragraph;
}

/**
 * Draw the passage that was opened; where it is a citation, with its sentence and quote marked.
 * @param {import("./service.js").Passage | import("./service.js").Citation} opened
 * @returns {HTMLElement}
 */
export function openedParagraph(opened) {
  if (!("quote" in opened)) {
    const paragraph = passageParagraph(opened, opened.document_title);
    paragraph.classList.add("opened");
    return paragraph;
  }
  const { before, lead, quote, tail, after } = citationParts(opened);
  const mark = element("mark", { class: "quote", id: "quote", "data-citation": String(opened.n) }, quote);
  const sentence = element("span", { class: "sentence" }, lead, mark, tail);
  const attributes = { class: "passage opened", "data-passage": opened.passage_id };
  const headings = withHeadings(opened, opened.document_title, before);
  return element("p", attributes, ...headings, sentence, after);
}

/** `text`, the beginning of a passage, with the title and headings that lead it set as such. */
function withHeadings({ headings }, title, text) {
  const { lines, rest } = headingLines(text, [title, ...headings]);
  return [...lines.map(headingLine), rest];
}

function headingLine(line) {
  const mark = MARKDOWN_MARK.exec(line)?.[0] ?? "";
  const quiet = element("span", { class: "markdown-mark" }, mark);
  return element("span", { class: "heading-line" }, quiet, line.slice(mark.length));
}
