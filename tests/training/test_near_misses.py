"""Questions that a window seems to answer and does not."""

from random import Random

import pytest

from corpus.text import Segmenter
from corpus.types import Span
from training.folders import Folder
from training.near_misses import near_miss, words_of
from training.reading_sets import ReadingExample

WORDS = {"ns": frozenset({"青湾", "苇川"}), "备2": frozenset({"设备", "装备"})}
HARBOUR = ReadingExample(
    question="青湾2022年更新了什么设备",
    context="青湾港务局2022年工作报告",
    text="设备更新包括更换岸桥两台。",
    answer=Span(6, 12),
)


def missed(example: ReadingExample, segmenter: Segmenter, seed: int) -> ReadingExample:
    """The near miss of an example that has one."""
    made = near_miss(example, WORDS, segmenter, Random(seed))
    assert made is not None
    return made


@pytest.mark.parametrize("seed", range(12))
def test_one_thing_asked_is_not_there(segmenter: Segmenter, seed: int) -> None:
    """The window stays as it is and answers no more; the question differs in what it names."""
    made = missed(HARBOUR, segmenter, seed)
    assert (made.text, made.context, made.answer) == (HARBOUR.text, HARBOUR.context, None)
    assert made.question != HARBOUR.question


def test_years_names_and_nouns_are_changed(segmenter: Segmenter) -> None:
    """Each of them now and then; a year becomes one close by."""
    questions = {missed(HARBOUR, segmenter, seed).question for seed in range(60)}
    assert "苇川2022年更新了什么设备" in questions
    assert "青湾2022年更新了什么装备" in questions
    years = {question[2:6] for question in questions} - {"2022"}
    assert years <= {"2019", "2020", "2021", "2023", "2024", "2025"}
    assert len(years) > 2


def test_a_question_that_shares_no_name_has_none(segmenter: Segmenter) -> None:
    """What the window does not say cannot be changed into something that it does not say."""
    example = ReadingExample("换了几台", HARBOUR.context, HARBOUR.text, HARBOUR.answer)
    assert near_miss(example, WORDS, segmenter, Random(0)) is None


def test_the_words_of_a_folder_go_by_tag_or_head(harbour: Folder) -> None:
    """Nouns stand for nouns of one head and length only."""
    words = words_of(harbour)
    assert "设备" in words["备2"]
    nouns = [(sort, word) for sort, there in words.items() for word in there if sort[1:] == "2"]
    assert all(word[-1] == sort[0] for sort, word in nouns)
