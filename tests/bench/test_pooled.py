"""Paragraphs of reading sets, ranked among each other."""

import json
from pathlib import Path

from bench.pooled import ranks, write_corpus
from corpus.text import Segmenter
from embeddings.build import rebuild
from embeddings.storage import open_index
from tests.fakes import BigramEncoder

PARAGRAPHS = (
    "山脚下有一座石桥。桥建于1912年。",
    "渡口每天开四班船。船票两元。",
    "茶园在山顶。采茶在清明前。",
)


def reading_set(path: Path, questions: dict[str, int]) -> Path:
    """Write a file in SQuAD's form, all paragraphs in it, and return its path."""
    paragraphs = [
        {
            "context": text,
            "qas": [
                {"question": asked, "answers": [{"text": text[:2], "answer_start": 0}]}
                for asked, place in questions.items()
                if place == n
            ],
        }
        for n, text in enumerate(PARAGRAPHS)
    ]
    path.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), encoding="utf-8")
    return path


def test_the_paragraph_asked_about_comes_first(tmp_path: Path, segmenter: Segmenter) -> None:
    """Two sets share their paragraphs, which are searched once."""
    asked = reading_set(tmp_path / "one.json", {"石桥建于哪年": 0, "船票多少元": 1})
    other = reading_set(tmp_path / "two.json", {"采茶在什么时候": 2, "石桥在哪": 0})
    names = write_corpus([asked, other], tmp_path / "reports")
    assert sorted(names.values()) == ["00000.txt", "00001.txt", "00002.txt"]
    encoder = BigramEncoder(dimensions=1024)
    rebuild(tmp_path / "reports", tmp_path / "data", encoder, segmenter)
    index = open_index(tmp_path / "data", encoder, segmenter)
    found = ranks(index, {"船票多少元": names[PARAGRAPHS[1]]})
    assert set(map(tuple, found.values())) == {(0,)}
