/** The reports: listed, uploaded, removed. */

import { confirmed } from "./confirm.js";
import { bilingual, byId, element, redraw } from "./dom.js";
import { Problem } from "./http.js";
import { removeDocument, upload } from "./operations.js";
import { bookTitle } from "./text.js";

const MANY = 15; // documents from which on a list is searched rather than read

export class DocumentsPanel {
  #act;
  #documents = [];
  #removed = new Set(); // sources whose files are gone and whose rows are not yet

  /** @param {(work: () => Promise<unknown>) => Promise<void>} act does the work, tells of problems, looks again */
  constructor(act) {
    this.#act = act;
    byId("files").addEventListener("change", ({ target }) => {
      this.#upload([...target.files]);
      target.value = ""; // the same file may be chosen again
    });
    byId("filter").addEventListener("input", () => this.#filter());
    this.#acceptDrops(byId("drop"));
  }

  /** @param {Array<Object>} documents every report of the index */
  show(documents) {
    this.#documents = documents;
    const listed = new Set(documents.map(({ source }) => source));
    this.#removed = new Set([...this.#removed].filter((source) => listed.has(source)));
    byId("document-count").textContent = String(documents.length);
    redraw(byId("documents"), documents.map((document) => this.#row(document)));
    byId("filter").hidden = documents.length < MANY;
    this.#filter();
  }

  /** Show only the reports whose title or file holds what was typed. */
  #filter() {
    const wanted = byId("filter").value.trim().toLowerCase();
    for (const row of byId("documents").children) {
      row.hidden = !row.querySelector(".about").textContent.toLowerCase().includes(wanted);
    }
  }

  #acceptDrops(zone) {
    const mark = (event, over) => {
      event.preventDefault(); // or the browser would open the file
      zone.classList.toggle("over", over);
    };
    zone.addEventListener("dragover", (event) => mark(event, true));
    zone.addEventListener("dragleave", (event) => mark(event, false));
    zone.addEventListener("drop", (event) => {
      mark(event, false);
      this.#upload([...event.dataTransfer.files]);
    });
  }

  /** One request a file: one that is refused keeps no other out. */
  async #upload(files) {
    byId("received").replaceChildren();
    for (const file of files) {
      await this.#act(async () => byId("received").append(await this.#received(file)));
    }
  }

  async #received(file) {
    try {
      const [source] = (await upload(file)).sources;
      const known = this.#documents.some((document) => document.source === source);
      this.#removed.delete(source);
      return element("li", {}, `${source}：${known ? "已替换" : "已收下"}，重建后可以提问。`);
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 403) throw error;
      const details = error.details.flatMap((detail) => bilingual(detail));
      return element("li", { class: "refused" }, `${file.name}：`, ...details);
    }
  }

  #row(document) {
    const { document_title, source, passages, characters } = document;
    const size = `${source}　${passages} 段　${characters.toLocaleString("zh-CN")} 字`;
    const about = element(
      "div",
      { class: "about" },
      element("p", { class: "title" }, bookTitle(document_title)),
      element("p", { class: "aside" }, size),
    );
    if (this.#removed.has(source)) return element("li", {}, about, element("p", {}, "已删除，等待重建"));
    const label = `删除${bookTitle(document_title)}`;
    const onclick = () => this.#remove(document);
    const attributes = { class: "secondary", type: "button", "aria-label": label, onclick };
    return element("li", {}, about, element("button", attributes, "删除"));
  }

  async #remove({ document_id, document_title, source }) {
    const asked = {
      title: `删除${bookTitle(document_title)}？`,
      text: `文件 ${source} 会从语料文件夹中删除，不能撤销；重建之后，不再用它回答。`,
      yes: "删除",
    };
    if (!(await confirmed(asked))) return;
    await this.#act(async () => {
      await removeDocument(document_id);
      this.#removed.add(source);
      this.show(this.#documents);
    });
  }
}
