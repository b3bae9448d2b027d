"""Windows of reports: which of them answer, and which do not."""

from dataclasses import replace
from random import Random

import pytest

from corpus.text import normalize
from qa.evaluation import GoldQuestion
from tests.training.conftest import LIST, QUESTIONS
from training.folders import Folder
from training.reading_sets import ReadingExample
from training.report_windows import report_examples

THROUGHPUT, FOLLOW_UP, EQUIPMENT, UNANSWERABLE = QUESTIONS
_NEGATIVES = 3


def drawn(folder: Folder, question: GoldQuestion, seed: int) -> list[ReadingExample]:
    """The windows of one question."""
    return list(report_examples(folder, question, Random(seed), _NEGATIVES))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("question", [THROUGHPUT, FOLLOW_UP], ids=["number", "follow-up"])
def test_the_gold_window_holds_the_answer(
    harbour: Folder, question: GoldQuestion, seed: int
) -> None:
    """The first window says it at its span, under the title of its own report."""
    first, *_ = drawn(harbour, question, seed)
    assert first.answer is not None
    assert first.text[slice(*first.answer)] == question.answers[0]
    assert question.doc.removesuffix(".txt")[-4:] in first.context


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("question", [THROUGHPUT, FOLLOW_UP], ids=["number", "follow-up"])
def test_the_other_windows_say_no_answer(
    harbour: Folder, question: GoldQuestion, seed: int
) -> None:
    """As many as asked for, and none of them holds any of the answers."""
    _, *others = drawn(harbour, question, seed)
    assert len(others) == _NEGATIVES
    assert [window.answer for window in others] == [None] * _NEGATIVES
    assert not any(answer in window.text for window in others for answer in question.answers)


def test_the_siblings_sentence_is_among_the_wrong_ones(harbour: Folder) -> None:
    """The same words of another year are what a reader must learn to tell apart."""
    texts = [w.text for seed in range(4) for w in drawn(harbour, THROUGHPUT, seed) if not w.answer]
    assert any("318万吨" in text for text in texts)


@pytest.mark.parametrize("seed", range(4))
def test_a_window_has_the_part_of_a_long_answer_that_stands_in_it(
    harbour: Folder, seed: int
) -> None:
    """An enumeration over several lines is read line by line."""
    parts = [w.text[slice(*w.answer)] for w in drawn(harbour, EQUIPMENT, seed) if w.answer]
    assert parts
    assert all(part in normalize(LIST) for part in parts)


def test_the_answer_is_there_even_if_retrieval_misses_it(harbour: Folder) -> None:
    """A question that shares nothing with its evidence is learnt from all the same."""
    strange = replace(THROUGHPUT, question="第38项工程的土方")
    first, *_ = drawn(harbour, strange, 0)
    assert first.answer is not None
    assert first.text[slice(*first.answer)] == "342万吨"


def test_an_unanswerable_question_has_only_windows_without_answer(harbour: Folder) -> None:
    """They are the ones that retrieval thinks best, twice as many as elsewhere."""
    windows = drawn(harbour, UNANSWERABLE, 0)
    assert len(windows) == 2 * _NEGATIVES
    assert {window.answer for window in windows} == {None}


def test_a_window_with_a_distractor_is_drawn_rather_than_others(harbour: Folder) -> None:
    """More often than where nobody has said that it looks like an answer."""

    def times(*distractors: str) -> int:
        asked = replace(THROUGHPUT, distractors=distractors)
        drawn_ = [list(report_examples(harbour, asked, Random(seed), 2)) for seed in range(40)]
        return sum("更换岸桥两台" in window.text for windows in drawn_ for window in windows)

    assert times("更换岸桥两台") > times()


def test_a_question_whose_evidence_is_not_there_is_left_out(harbour: Folder) -> None:
    """Nothing could be called right, so nothing can be called wrong."""
    assert drawn(harbour, replace(THROUGHPUT, evidence="没有这句话342万吨"), 0) == []


def test_years_are_written_in_full_and_earlier_turns_taken_in(harbour: Folder) -> None:
    """The question is the one that the reader is asked in use."""
    assert "2022年" in drawn(harbour, EQUIPMENT, 0)[0].question
    assert "台风" in drawn(harbour, FOLLOW_UP, 0)[0].question
