/** Offsets, citations and figures as text. The service counts Unicode code points, never UTF-16. */

/** The mark of a heading in Markdown. */
export const MARKDOWN_MARK = /^#+\s*/u;

const CONFIDENCE_WORDS = [
  [0.9, "把握很大"],
  [0.7, "把握较大"],
  [0.45, "把握一般"],
  [0, "把握较小"],
];

/**
 * Slice by code points.
 * @param {string} text
 * @param {number} start
 * @param {number} [end]
 * @returns {string}
 */
export function slicePoints(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/**
 * Cut a cited passage at its sentence and its quote; the parts joined give the passage back.
 * @param {Citation} citation
 * @returns {{before: string, lead: string, quote: string, tail: string, after: string}}
 */
export function citationParts({ passage, start, end, sentence_start, sentence_end }) {
  return {
    before: slicePoints(passage, 0, sentence_start),
    lead: slicePoints(passage, sentence_start, start),
    quote: slicePoints(passage, start, end),
    tail: slicePoints(passage, end, sentence_end),
    after: slicePoints(passage, sentence_end),
  };
}

/**
 * The end of a text, at most `points` long, with an ellipsis where something was left out.
 * @param {string} text
 * @param {number} points
 * @returns {string}
 */
export function lastPoints(text, points) {
  const all = Array.from(text);
  return all.length > points ? `…${all.slice(-points).join("")}` : text;
}

/**
 * The beginning of a text, at most `points` long, with an ellipsis where something was left out.
 * @param {string} text
 * @param {number} points
 * @returns {string}
 */
export function firstPoints(text, points) {
  const all = Array.from(text);
  return all.length > points ? `${all.slice(0, points).join("")}…` : text;
}

/**
 * Tell the title and headings that lead a passage's text from what stands under them.
 * @param {string} text the passage, or its beginning
 * @param {string[]} names title and headings
 * @returns {{lines: string[], rest: string}} joined they give the text back
 */
export function headingLines(text, names) {
  const lines = [];
  let rest = text;
  for (;;) {
    const line = /^[^\n]*\n\s*/u.exec(rest)?.[0] ?? "";
    if (!names.includes(line.replace(MARKDOWN_MARK, "").trim())) return { lines, rest };
    lines.push(line);
    rest = rest.slice(line.length);
  }
}

/**
 * A document title in 《》, unless it brings its own.
 * @param {string} title
 * @returns {string}
 */
export function bookTitle(title) {
  return title.includes("《") ? title : `《${title}》`;
}

/**
 * Confidence in words and per cent: 把握较大 82%.
 * @param {number} confidence 0..1
 * @returns {string}
 */
export function confidenceText(confidence) {
  const [, words] = CONFIDENCE_WORDS.find(([least]) => confidence >= least);
  return `${words} ${Math.round(confidence * 100)}%`;
}

/**
 * How long the service took: 用时 0.09 秒.
 * @param {Object<string, number>} timings milliseconds by stage, `total` where there is one.
 * @returns {string}
 */
export function durationText(timings) {
  const total = timings.total ?? Object.values(timings).reduce((sum, stage) => sum + stage, 0);
  return `用时 ${(total / 1000).toFixed(2)} 秒`;
}

/**
 * A citation that can be pasted into a paper and checked: quote, title, headings, file, offsets.
 * @param {Citation} citation
 * @returns {string}
 */
export function citationText(citation) {
  const { quote, document_title, headings, source, passage_id, start, end } = citation;
  const path = [bookTitle(document_title), ...headings].join(" › ");
  const sha256 = citation.document_sha256.slice(0, 12);
  return `“${quote}”\n——${path}\n（${source}，段落 ${passage_id}，字符 ${start}–${end}，sha256 ${sha256}）`;
}

/**
 * A span of time in words, to the second, from an hour on to the minute.
 * @param {number} seconds
 * @returns {string}
 */
export function spanText(seconds) {
  if (seconds < 1) return "1 秒以内";
  const all = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (hours > 0) return `${hours} 小时 ${minutes} 分`;
  return minutes > 0 ? `${minutes} 分 ${rest} 秒` : `${rest} 秒`;
}
