/** Choosing the documents that the next questions are limited to. */

import { byId, element } from "./dom.js";
import { listDocuments } from "./service.js";
import { bookTitle } from "./text.js";

const MANY = 15; // documents from which on a list is searched rather than read

export class Scope {
  #details = byId("scope");
  #documents = [];
  #chosen = new Set();

  constructor() {
    byId("scope-all").addEventListener("click", () => this.#choose([]));
    byId("scope-list").addEventListener("change", () => this.#choose(this.#checked()));
    byId("scope-filter").addEventListener("input", () => this.#filter());
    this.#details.addEventListener("toggle", () => this.#details.open && this.load());
    this.#details.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.#details.contains(event.target)) this.#details.open = false;
    });
  }

  /** @returns {string[]} ids of the chosen documents; empty: all */
  get ids() {
    return this.#selected().map((document) => document.document_id);
  }

  /** @returns {string[]} titles of the chosen documents; empty: all */
  get titles() {
    return this.#selected().map((document) => document.document_title);
  }

  /** Read the list of documents anew; what is chosen stays chosen, unless it is gone. */
  async load() {
    this.#documents = await listDocuments().catch(() => this.#documents);
    this.#details.hidden = this.#documents.length < 2;
    const count = this.#documents.length;
    byId("tally").textContent = count > 0 ? `${count} 份报告` : "";
    byId("scope-list").replaceChildren(...this.#documents.map((document) => this.#option(document)));
    byId("scope-filter").hidden = count < MANY;
    this.#filter();
    this.#choose(this.ids);
  }

  /** Show only the options whose title holds what was typed. */
  #filter() {
    const wanted = byId("scope-filter").value.trim().toLowerCase();
    for (const option of byId("scope-list").children) {
      const title = option.querySelector(".title").textContent;
      option.hidden = !title.toLowerCase().includes(wanted);
    }
  }

  #selected() {
    return this.#documents.filter((document) => this.#chosen.has(document.document_id));
  }

  #checked() {
    return [...byId("scope-list").querySelectorAll("input:checked")].map((input) => input.value);
  }

  #choose(ids) {
    this.#chosen = new Set(ids);
    for (const input of byId("scope-list").querySelectorAll("input")) {
      input.checked = this.#chosen.has(input.value);
    }
    const limited = ids.length > 0;
    byId("scope-summary").textContent = limited ? `只检索 ${ids.length} 份报告` : "检索全部报告";
    byId("scope-all").disabled = !limited;
    this.#details.classList.toggle("limited", limited);
  }

  #option({ document_id, document_title, passages }) {
    const input = element("input", { type: "checkbox", value: document_id });
    input.checked = this.#chosen.has(document_id);
    const size = element("span", { class: "size" }, `${passages} 段`);
    const title = element("span", { class: "title" }, bookTitle(document_title));
    return element("li", {}, element("label", {}, input, title, size));
  }

  #onKey(event) {
    if (event.key !== "Escape" || !this.#details.open) return;
    event.preventDefault();
    this.#details.open = false;
    this.#details.querySelector("summary").focus();
  }
}
