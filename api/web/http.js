/** Requests to the service, and what goes wrong with them. */

import { isAbort } from "./events.js";

const UNREACHABLE = {
  title: "连不上服务 / Cannot reach the service",
  detail: "请确认 wenju serve 正在运行，然后重试。 / Check that wenju serve is running, then try again.",
};

/** An error as RFC 9457 tells it. */
export class Problem extends Error {
  /** @param {{title?: string, detail?: string, status?: number, errors?: Array<{detail: string}>}} problem */
  constructor({ title = "服务出错 / The service failed", detail = "", status, errors = [] }) {
    super(title);
    this.title = title;
    this.status = status;
    this.details = errors.length > 0 ? errors.map((error) => error.detail) : [detail];
  }
}

/**
 * Make a request.
 * @param {string} path
 * @param {RequestInit} options
 * @returns {Promise<Response>} a good response
 * @throws {Problem} whatever went wrong, an unreachable service included
 * @throws {DOMException} AbortError, where the options' signal stopped it
 */
export async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw isAbort(error) ? error : new Problem(UNREACHABLE);
  }
  if (response.ok) return response;
  throw new Problem(contentType(response).endsWith("json") ? await parsed(response) : response);
}

/**
 * Read a response's JSON; a proxy between may have put a page of its own in its place.
 * @param {Response} response
 */
export async function parsed(response) {
  try {
    return await response.json();
  } catch (error) {
    throw isAbort(error) ? error : new Problem({ status: response.status });
  }
}

/**
 * @param {Response} response
 * @returns {string} its media type without parameters
 */
export function contentType(response) {
  return (response.headers.get("Content-Type") ?? "").split(";")[0].trim();
}
