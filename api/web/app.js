/** The chat page: what is asked, what is kept, what is shown. */

import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, element } from "./dom.js";
import { isAbort } from "./events.js";
import { Problem } from "./http.js";
import { hasKey } from "./operations.js";
import { Scope } from "./scope.js";
import { ask, listExamples } from "./service.js";
import { SourcePanel } from "./source.js";
import { TurnView } from "./turn.js";

const conversation = new Conversation();
const panel = new SourcePanel();
const scope = new Scope();
const composer = new Composer(submit);

/** Ask a question and add what comes of it to the record. */
async function submit(question) {
  const { ids, titles } = scope;
  const view = addEntry(question, titles);
  const signal = composer.start();
  showProgress(view, "正在查找…");
  try {
    const asked = { question, history: conversation.history, documents: ids };
    const answer = await ask(asked, { signal, onProgress: (...event) => onProgress(view, ...event) });
    view.showAnswer(answer);
    conversation.add({ question, documents: titles, answer });
    announce(answer.found ? `答：${answer.answer}` : "报告中没有找到答案");
  } catch (error) {
    showFailure(view, error);
  } finally {
    composer.finish();
    refreshOpening();
    view.article.scrollIntoView();
  }
}

/** Put an entry at the end of the record. */
function addEntry(question, titles) {
  const view = new TurnView(question, titles, {
    open: (passage, opener) => panel.open(passage, opener),
    retry: () => composer.submit(question) && removeEntry(view),
    edit: () => composer.edit(question) && removeEntry(view),
  });
  byId("conversation").append(view.article);
  refreshOpening();
  return view;
}

function removeEntry(view) {
  view.article.remove();
  refreshOpening();
}

function onProgress(view, name, progress) {
  if (name === "question") view.understand(progress.question, progress.standalone_question);
  if (name === "passages") showProgress(view, `正在阅读 ${progress.passages.length} 个段落…`);
}

function showProgress(view, text) {
  view.showProgress(text);
  view.article.scrollIntoView();
  announce(text);
}

function showFailure(view, error) {
  if (isAbort(error)) {
    view.showStopped();
  } else if (error instanceof Problem) {
    view.showProblem(error);
    announce(error.title);
  } else {
    throw error;
  }
}

/** Tell those who listen to the page instead of looking at it. */
function announce(text) {
  byId("announcement").textContent = text;
}

/** The opening is shown while there is nothing else; a record can be cleared once there is one. */
function refreshOpening() {
  const isEmpty = byId("conversation").childElementCount === 0;
  byId("opening").hidden = !isEmpty;
  byId("clear").hidden = isEmpty;
}

function drawStored() {
  for (const { question, documents, answer } of conversation.turns) {
    addEntry(question, documents).showAnswer(answer);
  }
  refreshOpening();
  byId("conversation").lastElementChild?.scrollIntoView({ behavior: "instant" });
}

function clear() {
  const turns = conversation.turns;
  composer.stop();
  panel.close();
  conversation.clear();
  byId("conversation").replaceChildren();
  refreshOpening();
  byId("undo").hidden = turns.length === 0;
  byId("restore").onclick = () => {
    conversation.restore(turns);
    drawStored();
    composer.focus();
  };
  composer.focus();
}

async function showExamples() {
  const questions = await listExamples().catch(() => []);
  byId("examples").hidden = questions.length === 0;
  byId("example-list").replaceChildren(
    ...questions.map((question) => {
      const onclick = () => composer.submit(question);
      return element("li", {}, element("button", { type: "button", onclick }, question));
    }),
  );
}

const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
byId("admin").hidden = !(isHere || hasKey()); // elsewhere operators know the address
byId("clear").addEventListener("click", clear);
drawStored();
scope.load();
showExamples();
