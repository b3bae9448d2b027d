"""Questions made from others: the same in other words, and near misses, which nothing answers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qa.evaluation import GoldQuestion

UNANSWERABLE = "unanswerable"  # the type of a question that nothing answers


class NotRephrased(Exception):
    """A line that belongs to no question; the text says which and why."""


def read_rephrased(path: Path, questions: Sequence[GoldQuestion]) -> Iterator[GoldQuestion]:
    """Yield the questions of a file, each with the answers of the one that it rephrases.

    A line is `{"id": that question's id, "questions": [in other words, ...]}`; NotRephrased where
    it is not, or says again what is asked already. A follow-up means something only after its
    earlier turns, and is not rephrased.
    """
    for original, name, text in _made(path, questions):
        yield replace(original, id=name, question=text)


def read_near_misses(path: Path, questions: Sequence[GoldQuestion]) -> Iterator[GoldQuestion]:
    """Yield the questions of a file, each without answer, its distractor another's evidence.

    Lines are those of `read_rephrased`, and their questions seem to be answered where the one of
    that id is; NotRephrased also where that one has no evidence.
    """
    answered = [question for question in questions if question.answers]
    for original, name, text in _made(path, answered):
        yield GoldQuestion(name, text, UNANSWERABLE, (), distractors=(original.evidence,))


def _made(path: Path, questions: Sequence[GoldQuestion]) -> Iterator[tuple[GoldQuestion, str, str]]:
    """Yield for each question of a file what it was made from, an id of its own, and its text."""
    known = {question.id: question for question in questions if not question.context_turns}
    asked = {question.question for question in questions}
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), 1):
        name, texts = _row(f"{path}:{number}", line)
        if name not in known:
            raise NotRephrased(
                f"{path}:{number}: no question of the folder, or without evidence, a follow-up,"
                f" or told above: {name}"
            )
        original = known.pop(name)
        for n, text in enumerate(texts, 1):
            if not text.strip() or text in asked:
                raise NotRephrased(f"{path}:{number}: empty, or asked already: {text!r}")
            asked.add(text)
            yield original, f"{name}/{n}", text


def _row(place: str, line: str) -> tuple[str, list[str]]:
    """The id and the questions of a line."""
    try:
        row = json.loads(line)
        name, texts = row["id"], row["questions"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotRephrased(f"{place}: no object with id and questions: {error!r}") from error
    strings = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
    if not isinstance(name, str) or not strings or not texts:
        raise NotRephrased(f"{place}: id must be text, questions a list of texts: {line}")
    return name, texts
