/** Reading a text/event-stream body that came in answer to a POST, which EventSource cannot make. */

const EVENT_END = /\r\n\r\n|\n\n|\r\r/;

/**
 * Yield the events of a response body as they arrive. A lost connection looks like an early end.
 * @param {ReadableStream<Uint8Array>} body
 * @yields {{name: string, data: string}}
 * @throws {DOMException} AbortError, where the request was aborted
 */
export async function* serverEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  for (;;) {
    const { value, done } = await nextPiece(reader);
    if (done) return;
    const blocks = (pending + value).split(EVENT_END);
    pending = blocks.pop();
    yield* blocks.map(parseEvent).filter((event) => event.data !== "");
  }
}

/**
 * Whether an error only says that the user stopped the request.
 * @param {Error} error
 * @returns {boolean}
 */
export function isAbort(error) {
  return error.name === "AbortError";
}

async function nextPiece(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (isAbort(error)) throw error;
    return { done: true };
  }
}

/** One event; comments and fields we have no use for are skipped. */
function parseEvent(block) {
  let name = "message";
  const lines = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "event") name = value;
    if (field === "data") lines.push(value);
  }
  return { name, data: lines.join("\n") };
}
