/** The turns of the conversation, kept in this browser and nowhere else. */

/**
 * @typedef {Object} Turn an answered question
 * @property {string} question as typed
 * @property {string[]} documents titles of the documents it was limited to; empty: all
 * @property {import("./service.js").Answer} answer
 */

const KEY = "wenju.conversation.1"; // the number is the format's: raise it when a Turn changes
const MAX_TURNS = 40; // some 10 KB each, far below the 5 MB that browsers give a site
const MAX_HISTORY = 10; // earlier turns sent along; a follow-up leans on the last few

export class Conversation {
  #turns = stored();

  /** @returns {readonly Turn[]} oldest first */
  get turns() {
    return this.#turns;
  }

  /** @returns {Array<{question: string, answer: string}>} what a follow-up may lean on */
  get history() {
    return this.#turns
      .slice(-MAX_HISTORY)
      .map(({ question, answer }) => ({ question, answer: answer.answer }));
  }

  /**
   * Add a turn and keep it; the oldest stored ones go when there are too many.
   * @param {Turn} turn
   */
  add(turn) {
    this.#turns = [...this.#turns, turn];
    store([...stored(), turn]); // another tab may have added turns of its own
  }

  /** Forget everything. */
  clear() {
    this.restore([]);
  }

  /**
   * Put earlier turns back.
   * @param {readonly Turn[]} turns
   */
  restore(turns) {
    this.#turns = turns;
    store(turns);
  }
}

/** Store as many of the latest turns as fit; a browser that stores nothing still converses. */
function store(turns) {
  for (let kept = Math.min(turns.length, MAX_TURNS); kept >= 0; kept -= 1) {
    try {
      localStorage.setItem(KEY, JSON.stringify(turns.slice(turns.length - kept)));
      return;
    } catch (error) {
      if (error.name !== "QuotaExceededError") return;
    }
  }
}

function stored() {
  try {
    const turns = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return turns.filter(isTurn);
  } catch {
    return []; // storage is switched off, or holds what another program wrote
  }
}

function isTurn({ question, documents, answer }) {
  return (
    typeof question === "string" &&
    Array.isArray(documents) &&
    Array.isArray(answer.citations) &&
    Array.isArray(answer.passages)
  );
}
