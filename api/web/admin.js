/** The operators' page: what answers, rebuilds, reports, versions. */

import { DocumentsPanel } from "./documents.js";
import { bilingual, byId, element, problemParagraphs } from "./dom.js";
import { Problem } from "./http.js";
import { hasKey, listVersions, readHealth, rebuildEvents, useKey } from "./operations.js";
import { figure, RebuildPanel } from "./rebuild.js";
import { listDocuments } from "./service.js";
import { VersionsPanel } from "./versions.js";

const PAUSE_MS = 2000; // between two looks at what others may have changed
const NOT_ALLOWED = 403;

const rebuild = new RebuildPanel(act);
const documents = new DocumentsPanel(act);
const versions = new VersionsPanel(act);

let wake = () => {};
let looked = -Infinity; // when the service was asked what it answers from
let drawn = ""; // what the lists were drawn from
let told = ""; // the notice that is shown

/** Do what an operator asked for; show what goes wrong; look at once at what came of it. */
async function act(work) {
  byId("fault").hidden = true;
  try {
    await work();
  } catch (error) {
    tell(error, byId("fault"));
    byId("fault").scrollIntoView({ block: "nearest" });
  }
  wake();
}

/** Follow the service for as long as the page is open: rebuilds step by step, the rest at times. */
async function follow() {
  for (;;) {
    try {
      await look();
      byId("unreachable").hidden = true;
    } catch (error) {
      tell(error, byId("unreachable"));
    }
    await pause();
  }
}

async function look() {
  for await (const job of rebuildEvents()) {
    open();
    rebuild.show(job);
    if (job.state !== "running" || performance.now() - looked >= PAUSE_MS) await refresh(job);
  }
}

/** Draw what the service answers from; the lists only where they may have changed. */
async function refresh(job) {
  looked = performance.now();
  const health = await readHealth();
  showHealth(health);
  const now = JSON.stringify([health.index_version, job.state, job.report]);
  if (now === drawn) return;
  const [listed, known] = await Promise.all([listDocuments(), listVersions()]);
  documents.show(listed);
  versions.show(known);
  drawn = now;
}

function showHealth({ index_version, documents, passages, sentences, encoder, notice }) {
  const figures = [
    ["版本", index_version],
    ["报告", documents],
    ["段落", passages],
    ["句子", sentences],
    ["模型", encoder.name],
  ];
  byId("answering").replaceChildren(...figures.map(figure));
  showNotice(notice);
}

/** Show what is wrong, anew only where it is something else: it would be read out again. */
function showNotice(notice) {
  byId("notice").hidden = notice === "";
  if (notice === told) return;
  told = notice;
  const english = element("span", { lang: "en" }, "Needs attention");
  const lines = notice.split("\n").map((line) => element("p", {}, ...bilingual(line)));
  byId("notice").replaceChildren(element("p", { class: "problem-title" }, "需要处理 ", english), ...lines);
}

/** Show a problem in its place; one of access by asking for the key. */
function tell(error, place) {
  if (!(error instanceof Problem)) throw error;
  if (error.status === NOT_ALLOWED) return lock();
  place.replaceChildren(...problemParagraphs(error));
  place.hidden = false;
}

function lock() {
  if (hasKey()) byId("wrong-key").textContent = "密钥不对，请再输入一次。";
  else if (byId("locked").hidden) byId("wrong-key").textContent = "";
  useKey("");
  byId("desk").hidden = true;
  byId("forget").hidden = true;
  byId("unreachable").hidden = true;
  if (!byId("locked").hidden) return;
  byId("locked").hidden = false;
  byId("key").focus();
}

function open() {
  byId("locked").hidden = true;
  byId("desk").hidden = false;
  byId("forget").hidden = !hasKey();
}

/** Wait for the next look; while the page asks for a key, until one is given. */
function pause() {
  return new Promise((resolve) => {
    wake = resolve;
    if (byId("locked").hidden) setTimeout(resolve, PAUSE_MS);
  });
}

byId("locked").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value);
  byId("key").value = "";
  wake();
});
byId("forget").addEventListener("click", () => {
  useKey("");
  wake();
});
follow();
