"""Reading sets: files in SQuAD's form, and runs of sentences cut from their paragraphs."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.types import Span
from training.reading_sets import Paragraph, cropped, read_paragraphs

_LINES = st.text(alphabet="山水石桥村民，0123%“”（）", min_size=1, max_size=90)
_MARK = "甲乙丙丁"  # nowhere else in a paragraph


def paragraph_with(before: list[str], after: list[str]) -> Paragraph:
    """A paragraph of sentences, one of which holds the answer."""
    lines = [*before, f"答案是{_MARK}", *after]
    text = "".join(f"{line}。" for line in lines)
    start = text.index(_MARK)
    return Paragraph("石桥", text, "问什么", Span(start, start + len(_MARK)))


@given(
    before=st.lists(_LINES, max_size=8), after=st.lists(_LINES, max_size=8), seed=st.integers(0, 99)
)
@settings(max_examples=150, deadline=None)
def test_a_crop_keeps_the_answer(before: list[str], after: list[str], seed: int) -> None:
    """The span still says the answer, and the text still stands in the paragraph."""
    paragraph = paragraph_with(before, after)
    crop = cropped(paragraph, Random(seed), beside=0)
    assert crop.answer is not None
    assert crop.text[slice(*crop.answer)] == _MARK
    assert crop.text in paragraph.text
    assert crop.context in {"", "石桥"}


@given(
    before=st.lists(_LINES, max_size=8), after=st.lists(_LINES, max_size=8), seed=st.integers(0, 99)
)
@settings(max_examples=150, deadline=None)
def test_a_crop_beside_the_answer_has_none_of_it(
    before: list[str], after: list[str], seed: int
) -> None:
    """Where all sentences are one, there is no beside."""
    paragraph = paragraph_with(before, after)
    crop = cropped(paragraph, Random(seed), beside=1)
    assert (crop.answer is None) == (_MARK not in crop.text)
    assert not set(_MARK) & set(crop.text) or crop.answer is not None
    assert crop.text in paragraph.text


@given(lines=st.lists(_LINES, min_size=1, max_size=8), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_a_crop_of_an_unanswerable_question_has_no_answer(lines: list[str], seed: int) -> None:
    """A run of sentences of the paragraph, never empty."""
    paragraph = Paragraph("", "。".join(lines), "问什么", None)
    crop = cropped(paragraph, Random(seed))
    assert crop.answer is None
    assert crop.text
    assert crop.text in paragraph.text


def test_an_answer_over_several_sentences_stays_whole() -> None:
    """The crop reaches as far as the answer does."""
    text = "一。二，" + "三" * 400 + "。四。五。"
    paragraph = Paragraph("", text, "问什么", Span(2, len(text) - 2))
    crop = cropped(paragraph, Random(0), beside=0)
    assert crop.answer is not None
    assert crop.text[slice(*crop.answer)] == text[2:-2]


def written(folder: Path, *questions: dict[str, object]) -> Path:
    """A file of questions over one paragraph."""
    path = folder / "set.json"
    paragraph = {"context": "橋建於1912年。橋長20米。", "qas": list(questions)}
    content = {"data": [{"title": None, "paragraphs": [paragraph]}]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("start", [3, -1, 0, 99], ids=["right", "unknown", "wrong", "outside"])
def test_an_answer_is_found_whatever_its_offset(tmp_path: Path, start: int) -> None:
    """Characters are folded to those that are matched by; the variants stay as written."""
    answer = {"text": "1912年", "answer_start": start}
    (read,) = read_paragraphs(written(tmp_path, {"question": "何時？", "answers": [answer]}))
    assert read.text == "桥建于1912年。桥长20米。"
    assert read.answer == Span(3, 8)
    assert read.variants == ("1912年",)


def test_a_question_without_an_answer_is_kept_and_one_with_a_lost_answer_left_out(
    tmp_path: Path,
) -> None:
    """The first is unanswerable; what the second's answer is nobody knows."""
    lost: dict[str, object] = {
        "question": "何人？",
        "answers": [{"text": "王氏", "answer_start": 0}],
    }
    path = written(tmp_path, {"question": "多宽？", "answers": []}, lost)
    assert [(p.question, p.answer) for p in read_paragraphs(path)] == [("多宽?", None)]
