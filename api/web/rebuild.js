/** The rebuild: begun, shown while it runs, cancelled; and what the last one did. */

import { confirmed } from "./confirm.js";
import { bilingual, byId, element } from "./dom.js";
import { cancelRebuild, startRebuild } from "./operations.js";
import { spanText } from "./text.js";

const STAGES = { read: "读取报告", encode: "编码", words: "分词", check: "检查回答", write: "写入" };
const FULL = {
  title: "全部重新编码？",
  text: "不沿用已有的向量，可能要很久；期间照常回答。",
  yes: "全部重新编码",
};
const FORCE = {
  title: "仍要启用？",
  text: "新索引在标准问题上的得分下降了。确定之后再重建一次，不再检查。",
  yes: "仍要启用",
};

export class RebuildPanel {
  #act;
  #state = "";

  /** @param {(work: () => Promise<unknown>) => Promise<void>} act does the work, tells of problems, looks again */
  constructor(act) {
    this.#act = act;
    byId("start").addEventListener("click", () => this.#start({}));
    byId("start-full").addEventListener("click", () => this.#startConfirmed(FULL, { full: true }));
    byId("cancel").addEventListener("click", () => act(cancelRebuild));
  }

  /** @param {import("./operations.js").Job} job a moment of it */
  show(job) {
    const running = job.state === "running";
    byId("running").hidden = !running;
    byId("cancel").hidden = !running;
    byId("start").hidden = running;
    byId("start-full").hidden = running;
    byId("ended").hidden = running;
    if (running) showProgress(job);
    else byId("ended").replaceChildren(...this.#ended(job));
    if (this.#state === "running" && !running) byId("announcement").textContent = ending(job);
    this.#state = job.state;
  }

  #start(how) {
    return this.#act(() => startRebuild(how));
  }

  async #startConfirmed(asked, how) {
    if (await confirmed(asked)) await this.#start(how);
  }

  #ended(job) {
    if (job.state === "idle") return [];
    const nodes = [element("p", { class: `ending ${job.state}` }, ending(job))];
    if (job.error) nodes.push(element("p", { class: "error" }, ...bilingual(job.error)));
    if (job.report) nodes.push(...reportNodes(job.report));
    if (job.state === "failed" && job.report?.gate) nodes.push(this.#forceButton());
    return nodes;
  }

  #forceButton() {
    const onclick = () => this.#startConfirmed(FORCE, { force: true });
    return element("button", { class: "secondary", type: "button", onclick }, "仍要启用");
  }
}

function showProgress({ stage, done, total, per_second, eta_seconds }) {
  const name = STAGES[stage] ?? stage ?? "准备";
  byId("stage").textContent = total > 0 ? `${name} ${done} / ${total}` : `${name}…`;
  const bar = byId("bar");
  if (total > 0) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value"); // how far nobody can tell
  const rate = per_second === null ? "" : `每秒 ${per_second.toFixed(per_second < 10 ? 1 : 0)}`;
  const left = eta_seconds === null ? "" : `这一步约剩 ${spanText(eta_seconds)}`;
  byId("pace").textContent = [rate, left].filter(Boolean).join("，");
}

function ending({ state, report }) {
  if (state === "cancelled") return "重建已取消，已编码的留给下一次。";
  if (state === "failed") return "重建没有成功，仍用原来的索引回答。";
  if (state === "succeeded") return `重建完成，用时 ${spanText(report.seconds)}。`;
  return "";
}

function reportNodes({ version, documents, encoded, reused, skipped, gate }) {
  const figures = [
    ["版本", version],
    ["报告", documents],
    ["新编码", encoded],
    ["沿用", reused],
    ...scores(gate),
  ];
  return [
    element("dl", { class: "figures" }, ...figures.map(figure)),
    ...unchecked(gate),
    ...listed("跳过的文件", skipped, ({ source, reason }) => [`${source}：`, ...bilingual(reason)]),
    ...listed("变差的问题", gate?.losses ?? [], (question) => [question]),
    ...listed("变好的问题", gate?.wins ?? [], (question) => [question]),
  ];
}

function scores(gate) {
  if (!gate || gate.skipped) return [];
  return [["标准问题得分", `${gate.old.toFixed(2)} → ${gate.new.toFixed(2)}`]];
}

function unchecked(gate) {
  if (!gate?.skipped) return [];
  return [element("p", {}, "没有用标准问题检查：", ...bilingual(gate.skipped))];
}

/**
 * A figure with its name, for a list of figures.
 * @param {[string, string|number]} pair
 * @returns {HTMLElement}
 */
export function figure([name, value]) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, String(value)));
}

function listed(name, items, nodesOf) {
  if (items.length === 0) return [];
  const lines = items.map((item) => element("li", {}, ...nodesOf(item)));
  const summary = element("summary", {}, `${name} ${items.length}`);
  return [element("details", { open: items.length <= 5 }, summary, element("ul", {}, ...lines))];
}
