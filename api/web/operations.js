/** The operators' part of the service's HTTP contract. */

import { serverEvents } from "./events.js";
import { contentType, parsed, request } from "./http.js";

/**
 * @typedef {Object} Report what a rebuild did
 * @property {string} version
 * @property {number} documents
 * @property {number} encoded
 * @property {number} reused
 * @property {number} seconds
 * @property {Array<{source: string, reason: string}>} skipped
 * @property {Gate} [gate]
 *
 * @typedef {Object} Gate what the questions of the quality gate said of the new version
 * @property {number} old score, 0 to 1
 * @property {number} new score of the new version
 * @property {string[]} wins
 * @property {string[]} losses
 * @property {string} skipped why no question was asked, or ""
 *
 * @typedef {Object} Job
 * @property {"idle"|"running"|"succeeded"|"failed"|"cancelled"} state
 * @property {string|null} stage
 * @property {number} done
 * @property {number} total
 * @property {number|null} per_second
 * @property {number|null} eta_seconds
 * @property {Report|null} report
 * @property {string} error
 */

const KEY = "wenju.admin-key";

let key = storedKey();

/** @returns {boolean} whether this tab has been given a key */
export function hasKey() {
  return key !== "";
}

/** @param {string} given kept until the tab is closed; "" forgets it */
export function useKey(given) {
  key = given;
  try {
    if (given) sessionStorage.setItem(KEY, given);
    else sessionStorage.removeItem(KEY);
  } catch {
    // where the browser stores nothing, the key is asked for again after a reload
  }
}

function storedKey() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** @returns {Promise<{index_version: string, documents: number, passages: number, sentences: number,
 *   encoder: {name: string}, notice: string}>} */
export function readHealth() {
  return call("GET", "/api/health");
}

/** @returns {Promise<Array<{version: string, current: boolean, created: string, encoder: string,
 *   documents: number, passages: number}>>} newest first */
export async function listVersions() {
  return (await call("GET", "/api/versions")).versions;
}

/** @param {string} version made the one that answers */
export function activate(version) {
  return call("POST", `/api/versions/${encodeURIComponent(version)}/activate`);
}

/**
 * @param {{full?: boolean, force?: boolean}} how encode everything; switch whatever the gate says
 * @returns {Promise<Job>}
 */
export function startRebuild({ full = false, force = false }) {
  return call("POST", `/api/rebuild?${new URLSearchParams({ full, force })}`);
}

/** @returns {Promise<Job>} */
export function cancelRebuild() {
  return call("DELETE", "/api/rebuild");
}

/**
 * Yield the rebuild's steps until its end, which comes at once where none runs.
 * @yields {Job}
 */
export async function* rebuildEvents() {
  const response = await send("GET", "/api/rebuild", { headers: { Accept: "text/event-stream" } });
  if (contentType(response) !== "text/event-stream") yield parsed(response);
  else for await (const { data } of serverEvents(response.body)) yield JSON.parse(data);
}

/** @param {File} file added to the reports, or put in place of the one of its name */
export function upload(file) {
  const body = new FormData();
  body.append("file", file);
  return call("POST", "/api/documents", { body });
}

/** @param {string} id of the report to remove */
export function removeDocument(id) {
  return call("DELETE", `/api/documents/${encodeURIComponent(id)}`);
}

async function call(method, path, options) {
  return parsed(await send(method, path, options));
}

function send(method, path, { headers = {}, body } = {}) {
  const known = hasKey() ? { "X-Admin-Key": key } : {};
  return request(path, { method, headers: { ...headers, ...known }, body });
}
