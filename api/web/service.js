/** The service's HTTP contract as the page uses it. */

import { serverEvents } from "./events.js";
import { contentType, parsed, Problem, request } from "./http.js";

/**
 * @typedef {Object} Passage a passage with its place, as `passages` of an answer hold it
 * @property {string} document_id
 * @property {string} document_title
 * @property {string} source path of the file in the corpus
 * @property {string} passage_id
 * @property {string[]} headings outermost first
 * @property {string} passage
 *
 * @typedef {Passage & {n: number, document_sha256: string, start: number, end: number, quote: string,
 *   sentence_start: number, sentence_end: number}} Citation offsets count code points of `passage`
 *
 * @typedef {Object} Answer
 * @property {string} question
 * @property {string} standalone_question
 * @property {boolean} found
 * @property {string} answer
 * @property {number} confidence
 * @property {Citation[]} citations
 * @property {Passage[]} passages
 * @property {string} index_version
 * @property {Object<string, number>} timings_ms
 */

const INTERRUPTED = {
  title: "回答中断 / The answer broke off",
  detail: "与服务的连接断开了，请重试。 / The connection was lost. Try again.",
};

/**
 * Ask one question.
 * @param {{question: string, history: Array<{question: string, answer: string}>, documents: string[]}} asked
 * @param {{signal: AbortSignal, onProgress: (name: string, progress: Object) => void}} listening
 *   `onProgress` is told of the events `question` and `passages`.
 * @returns {Promise<Answer>}
 * @throws {Problem} whatever went wrong, an unreachable service included
 * @throws {DOMException} AbortError, where `signal` stopped it
 */
export async function ask(asked, { signal, onProgress }) {
  const response = await request("/api/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(asked),
    signal,
  });
  if (contentType(response) !== "text/event-stream") return parsed(response);
  return answerFrom(serverEvents(response.body), onProgress);
}

/** @returns {Promise<Array<{document_id: string, document_title: string, passages: number}>>} */
export async function listDocuments() {
  return (await getJson("/api/documents")).documents;
}

/**
 * One document with its passages in reading order.
 * @param {string} id
 * @param {AbortSignal} signal
 */
export function readDocument(id, signal) {
  return getJson(`/api/documents/${encodeURIComponent(id)}`, signal);
}

/** @returns {Promise<string[]>} questions that the reports can answer */
export async function listExamples() {
  return (await getJson("/api/examples")).questions;
}

async function getJson(path, signal) {
  return parsed(await request(path, { headers: { Accept: "application/json" }, signal }));
}

/** The answer among the events, with the figures of the last one. */
async function answerFrom(events, onProgress) {
  let answer = null;
  for await (const { name, data } of events) {
    const content = JSON.parse(data);
    if (name === "error") throw new Problem(content);
    else if (name === "answer") answer = content;
    else if (name === "done") answer = { ...answer, ...content };
    else onProgress(name, content);
  }
  if (answer === null) throw new Problem(INTERRUPTED);
  return answer;
}
