"""What speaks for an answer, and the probability made of it."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Passage
from qa.confidence import Clues, Confidence
from tests.corpus.writing import texts
from tests.fakes import make_passage

TEXT = "全年接待读者12.6万人次，比上年增长8%。"
PASSAGE = make_passage(TEXT, title="图书馆2024年工作报告", headings=("一、基本情况",))
NOTHING = Clues(*[0.0] * len(fields(Clues)))
PLAIN = Confidence(**{weight.name: 0.0 for weight in fields(Confidence)})


def clues(question: str, passage: Passage = PASSAGE) -> Clues:
    """The clues of a passage that is one sentence."""
    return Clues.of(question, passage, passage.text, lead=1.0, similarity=0.5, fits=True)


def test_what_the_reader_knows_is_passed_on() -> None:
    """Lead, similarity and fit come from outside."""
    found = clues("接待读者多少")
    assert (found.lead, found.similarity, found.fits) == (1.0, 0.5, 1.0)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("接待读者多少", 1.0),
        ("增长8%说明什么", 1.0),
        ("增长９%说明什么", 0.0),
        ("接待读者12.6万人次的是哪年", 1.0),
        ("接待读者12万人次的是哪年", 0.0),
        ("24年接待读者多少", 1.0),
    ],
    ids=["none asked", "there", "not there", "decimal", "another decimal", "a short year"],
)
def test_numbers_of_the_question_must_stand_in_the_passage_or_above(
    question: str, numbers: float
) -> None:
    """All of them: one that is not there speaks against an answer."""
    assert clues(question).numbers == numbers


@pytest.mark.parametrize(
    ("question", "year", "other_year"),
    [
        ("接待读者多少", 0.0, 0.0),
        ("2024年接待读者多少", 1.0, 0.0),
        ("二四年接待读者多少", 1.0, 0.0),
        ("2025年接待读者多少", 0.0, 1.0),
        ("2024年和2025年接待读者多少", 0.5, 0.0),
    ],
    ids=["none asked", "the title's", "short", "another", "one of two"],
)
def test_years(question: str, year: float, other_year: float) -> None:
    """The question's years in the sentence or above it, and others only."""
    found = clues(question)
    assert (found.year, found.other_year) == (year, other_year)


def test_a_passage_without_years_speaks_neither_way() -> None:
    """Nothing is known of its year."""
    found = clues("2024年接待读者多少", make_passage(TEXT, title="报告"))
    assert (found.year, found.other_year) == (0.0, 0.0)


@given(question=texts, text=texts.filter(bool))
def test_clues_are_finite_and_most_of_them_shares(question: str, text: str) -> None:
    """Whatever is asked of whatever passage."""
    found = clues(question, make_passage(text))
    shares = [clue.name for clue in fields(Clues) if clue.name not in ("lead", "similarity")]
    assert all(0 <= getattr(found, name) <= 1 for name in shares)


def test_without_weights_nothing_is_known() -> None:
    """An even chance."""
    assert PLAIN.of(replace(NOTHING, lead=5.0)) == 0.5


def test_confidence_is_the_logistic_of_the_weighed_clues() -> None:
    """Naively: 1 / (1 + exp(-(bias + w1 x1 + w2 x2)))."""
    weighed = replace(PLAIN, bias=-1.0, lead=0.5, fits=2.0)
    expected = 1 / (1 + math.exp(-(-1.0 + 0.5 * 3.0 + 2.0 * 1.0)))
    assert weighed.of(replace(NOTHING, lead=3.0, fits=1.0)) == pytest.approx(expected)


@pytest.mark.parametrize("clue", ["lead", "similarity", "numbers", "year", "fits"])
def test_what_speaks_for_an_answer_raises_the_confidence(clue: str) -> None:
    """With the weights that were learnt."""
    assert Confidence().of(replace(NOTHING, **{clue: 1.0})) > Confidence().of(NOTHING)


def test_another_year_lowers_the_confidence() -> None:
    """With the weights that were learnt."""
    assert Confidence().of(replace(NOTHING, other_year=1.0)) < Confidence().of(NOTHING)


@given(st.lists(st.floats(-100, 100), min_size=len(fields(Clues)), max_size=len(fields(Clues))))
def test_confidence_is_a_probability(values: list[float]) -> None:
    """From 0 to 1 for any clues."""
    assert 0 <= Confidence().of(Clues(*values)) <= 1
