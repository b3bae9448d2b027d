"""Figures for a question file: how often the evidence is found, the answer right, a refusal honest.

Measures are those of CMRC 2018 (character F1, exact match) and of ranked retrieval (hit@k); what is
judged is the JSON that `POST /api/ask` returns, so the figures are what a caller of the API sees.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

RANKS = (1, 3, 5, 10)  # the k of hit@k
CITATIONS_JUDGED = 3  # a reader looks at the first few citations, not at all
_TOKEN = re.compile(r"[㐀-鿿]|[a-z0-9.%-]+")  # CMRC 2018: one Han character, or one run


class UnreadableQuestions(Exception):
    """A question file that cannot be evaluated; the message names the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question whose answer is known; no `answers` means that the reports do not answer it.

    `distractors` are sentences that look like evidence and are not; only training reads them.
    """

    id: str
    question: str
    type: str
    answers: tuple[str, ...]
    evidence: str = ""
    doc: str = ""
    context_turns: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one response was worth. `rank` is the evidence's place, 0 first, None when absent."""

    question: GoldQuestion
    found: bool
    rank: int | None
    right: bool
    f1: float
    em: float
    verbatim: tuple[bool, ...]

    @property
    def correct(self) -> bool:
        """Right where there is an answer, refused where there is none."""
        return self.right if self.question.answers else not self.found


def read_questions(path: Path, doc: str = "") -> list[GoldQuestion]:
    """Return the questions of a JSON-lines file; `doc` is the report where a line names none.

    Raises UnreadableQuestions for a missing file, a line that is not JSON, or a field that is
    missing or of the wrong type.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableQuestions(
            f"问题文件读不出来：{path}（{error}）。/ Cannot read the question file."
        ) from error
    questions = [_question(line, n, path, doc) for n, line in enumerate(lines, 1) if line.strip()]
    if not questions:
        raise UnreadableQuestions(f"问题文件是空的：{path}。/ The question file is empty.")
    return questions


def _question(line: str, number: int, path: Path, doc: str) -> GoldQuestion:
    """One line of a question file."""
    try:
        row = json.loads(line)
        return GoldQuestion(
            id=str(row["id"]),
            question=_text(row["question"]),
            type=_text(row["type"]),
            answers=_texts(row["answers"]),
            evidence=_text(row.get("evidence", "")),
            doc=_text(row.get("doc") or doc),
            context_turns=_texts(row.get("context_turns", [])),
            distractors=_texts(row.get("distractors", [])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableQuestions(
            f"{path} 第 {number} 行不是问题：{error!r}。"
            "每行应为 JSON：id、question、type 是文字，answers 是文字的列表。"
            f" / Line {number} is not a question: one JSON object is expected, with the strings"
            " id, question and type and the list of strings answers."
        ) from error


def _text(value: object) -> str:
    """The value, which must be a string."""
    if not isinstance(value, str):
        raise TypeError(f"not a string: {value!r}")
    return value


def _texts(value: object) -> tuple[str, ...]:
    """The strings of a list; a string is refused, for it would come apart into characters."""
    if not isinstance(value, list):
        raise TypeError(f"not a list: {value!r}")
    return tuple(map(_text, value))


def squeeze(text: str) -> str:
    """Return `text` with width, case, spaces and punctuation folded away, as a reader compares."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(character for character in folded if character.isalnum() or character in "%.-")


def f1(predicted: str, gold: str) -> float:
    """Return the harmonic mean of token precision and recall, 0..1 (CMRC 2018)."""
    ours, theirs = (
        Counter(_TOKEN.findall(squeeze(predicted))),
        Counter(_TOKEN.findall(squeeze(gold))),
    )
    common = (ours & theirs).total()
    return 2 * common / (ours.total() + theirs.total()) if common else 0.0


def judge(question: GoldQuestion, response: Mapping[str, Any]) -> Judgement:
    """Return what a response of `POST /api/ask` is worth against its gold question."""
    found = bool(response["found"])
    citations = response["citations"]
    answer = response["answer"] if found else ""
    return Judgement(
        question=question,
        found=found,
        rank=_rank(question, response["passages"]),
        right=found and _holds_answer(question, citations[:CITATIONS_JUDGED]),
        f1=max((f1(answer, gold) for gold in question.answers), default=0.0),
        em=float(found and squeeze(answer) in map(squeeze, question.answers)),
        verbatim=tuple(c["passage"][c["start"] : c["end"]] == c["quote"] for c in citations),
    )


def _rank(question: GoldQuestion, passages: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the first passage of the right report that holds the evidence."""
    evidence = squeeze(question.evidence)
    for place, passage in enumerate(passages):
        text = squeeze(passage["passage"])
        if _same_document(passage, question.doc) and (evidence in text or text in evidence):
            return place
    return None


def _holds_answer(question: GoldQuestion, citations: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the cited sentences of the right report hold a gold answer."""
    shown = "".join(
        squeeze(c["passage"][c["sentence_start"] : c["sentence_end"]])
        for c in citations
        if _same_document(c, question.doc)
    )
    return any(squeeze(answer) in shown for answer in question.answers)


def _same_document(row: Mapping[str, Any], doc: str) -> bool:
    """Whether a row names the report `doc`; without one, any report will do."""
    stem = PurePosixPath(doc).stem
    names = (row["document_id"], row["source"], row["document_title"])
    return not doc or any(stem in name for name in names)


def summary(judgements: Sequence[Judgement]) -> dict[str, float]:
    """Return the figures over a question file, each 0..1 rounded to four places.

    `score` is 0.5 x right + 0.2 x f1 + 0.3 x refused; an empty group counts 0.
    """
    answerable = [j for j in judgements if j.question.answers]
    unanswerable = [j for j in judgements if not j.question.answers]
    figures: dict[str, float] = {"questions": len(judgements)}
    for k in RANKS:
        figures[f"hit@{k}"] = _mean(j.rank is not None and j.rank < k for j in answerable)
    figures["right"] = _mean(j.right for j in answerable)
    figures["f1"] = _mean(j.f1 for j in answerable)
    figures["em"] = _mean(j.em for j in answerable)
    figures["false_refusal"] = _mean(not j.found for j in answerable)
    figures["refused"] = _mean(not j.found for j in unanswerable)
    figures["verbatim"] = _mean(exact for j in judgements for exact in j.verbatim)
    score = 0.5 * figures["right"] + 0.2 * figures["f1"] + 0.3 * figures["refused"]
    return figures | {"score": round(score, 4)}


def _mean(values: Iterable[float]) -> float:
    """The mean rounded to four places, 0 for none."""
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4) if numbers else 0.0
