"""Question files, and what is said of those that hold none."""

import json
from pathlib import Path

import pytest

from qa.evaluation import GoldQuestion, UnreadableQuestions, read_questions

ROW = {"id": "q1", "question": "谁主持", "type": "person", "answers": ["陈立群"]}


def write(folder: Path, text: str) -> Path:
    """A question file of this text."""
    path = folder / "gold.jsonl"
    path.write_text(text, "utf-8")
    return path


def test_read_questions(tmp_path: Path) -> None:
    """Fields that are not there are empty, and the report is the one given."""
    rows = [ROW, ROW | {"id": 2, "doc": "b.txt", "context_turns": ["讲座几场"]}]
    text = "\ufeff" + "\n\n".join(json.dumps(row) for row in rows)
    first, second = read_questions(write(tmp_path, text), doc="a.txt")
    assert first == GoldQuestion("q1", "谁主持", "person", ("陈立群",), doc="a.txt")
    assert (second.id, second.doc, second.context_turns) == ("2", "b.txt", ("讲座几场",))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "空的"),
        ("\n \n", "空的"),
        ("{}\n", "第 1 行"),
        (json.dumps(ROW) + "\n谁主持\n", "第 2 行"),
        ("[1]\n", "第 1 行"),
        (json.dumps(ROW | {"answers": None}), "第 1 行"),
        (json.dumps(ROW | {"question": 5}), "第 1 行"),
        (json.dumps(ROW | {"answers": [1]}), "第 1 行"),
        (json.dumps(ROW | {"answers": "甲乙"}), "第 1 行"),
        (json.dumps(ROW | {"doc": 7}), "第 1 行"),
        (json.dumps(ROW | {"evidence": 7}), "第 1 行"),
        (json.dumps(ROW | {"context_turns": "谁"}), "第 1 行"),
    ],
    ids=[
        "empty", "blank", "no fields", "no JSON", "no object", "no answers", "question a number",
        "answer a number", "answers one string", "doc a number", "evidence a number",
        "turns one string",
    ],
)  # fmt: skip
def test_a_file_that_holds_no_questions_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """The message says which line, in Chinese first."""
    with pytest.raises(UnreadableQuestions, match=told):
        read_questions(write(tmp_path, text))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"], ids=["missing", "binary"])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """The message names the file."""
    path = tmp_path / "gold.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableQuestions, match=r"gold\.jsonl"):
        read_questions(path)
