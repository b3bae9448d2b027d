"""Checks reports and their questions by code: `python -m training.check_questions FOLDER...`.

Each folder holds `reports/*.txt` and `questions.jsonl`; training/README.md says what a line is.
Prints the counts of every folder, then the faults, and ends with 1 where there are any.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Self

from corpus.text import bigrams

FIGURES = frozenset({"number", "date"})
TYPES = FIGURES | {
    "person", "place", "organization", "list", "reason", "howto", "measure", "definition", "theme",
    "goal", "yesno", "compare-year", "followup", "unanswerable",
}  # fmt: skip
_OVERLAPS = frozenset({"low", "medium", "high"})
_TEXTS = ("id", "question", "type", "doc", "evidence", "lexical_overlap")
_LISTS = ("answers", "distractors", "context_turns")
_ALIKE = 0.8  # Dice coefficient of two questions' bigrams from which they are one question

Reports = Mapping[str, str]


class NotAQuestion(Exception):
    """A line that is no question at all; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a question file, its keys as fields."""

    id: str
    question: str
    type: str
    doc: str
    answers: tuple[str, ...]
    evidence: str
    distractors: tuple[str, ...]
    context_turns: tuple[str, ...]
    lexical_overlap: str

    @classmethod
    def of(cls, line: str) -> Self:
        """Return the question of a line; NotAQuestion unless all keys are there, and no other."""
        try:
            row = json.loads(line)
        except ValueError as error:
            raise NotAQuestion(f"is not JSON: {error}") from error
        if not isinstance(row, dict) or set(row) != {*_TEXTS, *_LISTS}:
            raise NotAQuestion(f"should have the keys {', '.join((*_TEXTS, *_LISTS))}")
        wrong = [key for key in _TEXTS if not isinstance(row[key], str)]
        wrong += [key for key in _LISTS if not _is_texts(row[key])]
        if wrong:
            raise NotAQuestion(f"should have text in {', '.join(wrong)}")
        return cls(**row | {key: tuple(row[key]) for key in _LISTS})

    @property
    def answerable(self) -> bool:
        """Whether the reports are said to answer it."""
        return self.type != "unanswerable"

    @property
    def asked(self) -> str:
        """The question after its earlier turns, which are a part of it."""
        return "\n".join((*self.context_turns, self.question))


def faults(folder: Path) -> list[str]:
    """Return what is wrong in a folder, a line each, after printing what is in it."""
    if not (folder / "questions.jsonl").is_file():
        return [f"{folder.name}: no questions.jsonl"]
    reports = {path.name: path.read_text("utf-8") for path in (folder / "reports").glob("*.txt")}
    questions, found = _read(folder)
    print(f"{folder}: {len(reports)} reports, {len(questions)} questions, {_counts(questions)}")
    found += [f"{q.id}: {fault}" for q in questions for fault in _own_faults(q, reports)]
    return [f"{folder.name}: {fault}" for fault in (*found, *_common_faults(questions, reports))]


def table(folders: Sequence[Path]) -> str:
    """Return how many questions of each type each folder has, as a table in markdown."""
    counts = {folder.name: Counter(q.type for q in _read(folder)[0]) for folder in folders}
    total = sum(counts.values(), Counter[str]())
    rows = [
        ["type", *counts, "together"],
        ["---", *["--:"] * (len(counts) + 1)],
        *([t, *(str(c[t]) for c in counts.values()), str(n)] for t, n in total.most_common()),
        ["together", *(str(c.total()) for c in counts.values()), str(total.total())],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _read(folder: Path) -> tuple[list[Question], list[str]]:
    """The questions of a folder, and what is wrong with the lines that are none."""
    found: list[str] = []
    questions: list[Question] = []
    for number, line in enumerate((folder / "questions.jsonl").read_text("utf-8").splitlines(), 1):
        try:
            questions.append(Question.of(line))
        except NotAQuestion as error:
            found.append(f"line {number} {error}")
    return questions, found


def _counts(questions: Sequence[Question]) -> str:
    """How many questions there are of each type, the commonest first."""
    return ", ".join(f"{t} {n}" for t, n in Counter(q.type for q in questions).most_common())


def _is_texts(value: Any) -> bool:  # noqa: ANN401 - whatever JSON held
    return isinstance(value, list) and all(isinstance(item, str) and item for item in value)


def _own_faults(question: Question, reports: Reports) -> Iterator[str]:
    """What is wrong with one question by itself."""
    if not question.question.strip():
        yield "the question is blank"
    if question.type not in TYPES:
        yield f"no such type: {question.type}"
    if question.lexical_overlap not in _OVERLAPS:
        yield f"no such overlap: {question.lexical_overlap}"
    if (question.type == "followup") != bool(question.context_turns):
        yield "follow-ups have earlier turns, and no other questions"
    yield from _answer_faults(question, reports)
    yield from _distractor_faults(question, reports)


def _answer_faults(question: Question, reports: Reports) -> Iterator[str]:
    """What is wrong with document, evidence and answers."""
    if not question.answerable:
        if question.doc or question.answers or question.evidence:
            yield "unanswerable, yet has a document, answers or evidence"
        return
    if question.doc not in reports:
        yield f"no such report: {question.doc}"
        return
    text = reports[question.doc]
    # an offset is looked up by the text of the evidence: it must not stand in two places
    if not question.evidence or text.count(question.evidence) != 1:
        yield f"not once in {question.doc}: {question.evidence}"
    yield from (f"not in {question.doc}: {a}" for a in question.answers if a not in text)
    if not question.answers or question.answers[0] not in question.evidence:
        yield "the first answer is not in the evidence"


def _distractor_faults(question: Question, reports: Reports) -> Iterator[str]:
    """What is wrong with the sentences that look like an answer and are none.

    A name may well stand in one, for something else it did; a figure that was asked for may not:
    the sentence says it again, in brackets for the year before.
    """
    for distractor in question.distractors:
        if not any(distractor in text for text in reports.values()):
            yield f"distractor in no report: {distractor}"
        if question.answerable and distractor in question.evidence:
            yield f"distractor in the evidence: {distractor}"
        if question.type in FIGURES and any(_says(distractor, a) for a in question.answers):
            yield f"distractor says the answer: {distractor}"


def _says(text: str, figure: str) -> bool:
    """Whether a figure stands in `text` whole: 3人 is not in 13人."""
    return re.search(rf"(?<![\d.,]){re.escape(figure)}(?!\d)", text) is not None


def _common_faults(questions: Sequence[Question], reports: Reports) -> Iterator[str]:
    """What is wrong with the questions of a folder together."""
    ids = Counter(question.id for question in questions)
    yield from (f"{id_}: used {times} times" for id_, times in ids.items() if times > 1)
    asked_about = {question.doc for question in questions}
    yield from (f"{name}: nothing is asked about it" for name in sorted(set(reports) - asked_about))
    pairs = [(question, frozenset(bigrams(question.asked))) for question in questions]
    for (one, left), (other, right) in combinations(pairs, 2):
        alike = 2 * len(left & right) > _ALIKE * (len(left) + len(right))
        if alike and one.evidence == other.evidence:
            yield f"{one.id}, {other.id}: nearly the same question"


def main() -> None:
    """Check all folders named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--table", action="store_true", help="print the counts as a table, too")
    given = parser.parse_args()
    found = [fault for folder in given.folders for fault in faults(folder)]
    if given.table:
        print(table(given.folders))
    print("\n".join(found) or "no faults")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
