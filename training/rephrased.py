"""Questions in other words: each asks what another does, and has its answers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from qa.evaluation import GoldQuestion


class NotRephrased(Exception):
    """A line that rephrases no question; the text says which and why."""


def read_rephrased(path: Path, questions: Sequence[GoldQuestion]) -> Iterator[GoldQuestion]:
    """Yield the questions of a file, each with the answers of the one that it rephrases.

    A line is `{"id": that question's id, "questions": [in other words, ...]}`; NotRephrased where
    it is not, or says again what is asked already. A follow-up means something only after its
    earlier turns, and is not rephrased.
    """
    known = {question.id: question for question in questions if not question.context_turns}
    asked = {question.question for question in questions}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        row = json.loads(line)
        if row.get("id") not in known or not row.get("questions"):
            raise NotRephrased(f"{path}:{number}: names no question of its folder: {line}")
        for n, text in enumerate(row["questions"], 1):
            if not text.strip() or text in asked:
                raise NotRephrased(f"{path}:{number}: is asked already: {text!r}")
            asked.add(text)
            yield replace(known[row["id"]], id=f"{row['id']}/{n}", question=text)
