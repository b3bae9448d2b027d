/** The versions of the index: listed, and made the one that answers. */

import { byId, element, redraw } from "./dom.js";
import { activate } from "./operations.js";

const WHEN = new Intl.DateTimeFormat("zh-CN", { dateStyle: "medium", timeStyle: "medium" });

export class VersionsPanel {
  #act;

  /** @param {(work: () => Promise<unknown>) => Promise<void>} act does the work, tells of problems, looks again */
  constructor(act) {
    this.#act = act;
  }

  /** @param {Array<Object>} versions newest first */
  show(versions) {
    redraw(byId("versions"), versions.map((version) => this.#row(version)));
  }

  #row({ version, current, created, encoder, documents, passages }) {
    const about = element(
      "div",
      { class: "about" },
      element("p", { class: "title" }, WHEN.format(new Date(created))),
      element("p", { class: "aside" }, `${documents} 份报告　${passages} 段　模型 ${encoder}`),
      element("p", { class: "aside name" }, version),
    );
    return element("li", {}, about, current ? this.#mark() : this.#button(version));
  }

  #mark() {
    return element("p", { class: "current" }, "使用中");
  }

  #button(version) {
    const onclick = () => this.#act(() => activate(version));
    const attributes = { class: "secondary", type: "button", "aria-label": `启用版本 ${version}`, onclick };
    return element("button", attributes, "启用");
  }
}
