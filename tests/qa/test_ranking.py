"""What clues weigh: the place of a finding among the others, and how sure it is."""

import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Span
from qa.findings import CLUES, Clues, Finding
from qa.ranking import Certainty, Ranking
from qa.windows import windows
from tests.fakes import make_hit, make_passage

PLAIN = Clues(
    margin=0.0,
    lead=0.0,
    similarity=0.5,
    fits=0.0,
    quoted=0.0,
    numbers=0.5,
    names=0.5,
    year=0.5,
    other_year=0.0,
    coverage=0.5,
)
AGAINST = "other_year"
WEIGHTS = [-1.0 if clue == AGAINST else 1.0 for clue in CLUES]
RANKING = Ranking(*WEIGHTS)
CERTAINTY = Certainty(*[*WEIGHTS, 1.0, -3.0])
any_clues = st.builds(Clues, *[st.floats(-1e6, 1e6)] * len(CLUES))


def make_finding(clues: Clues) -> Finding:
    """A finding with these clues, wherever it stands."""
    (window,) = windows([make_hit(make_passage("举办讲座46场。"), 1.0)], 1)
    return Finding(window, Span(4, 7), window.span, clues)


def test_there_is_a_weight_for_each_clue_in_order() -> None:
    """Both are made from a row of learnt numbers."""
    assert tuple(field.name for field in fields(Ranking)) == CLUES
    assert tuple(field.name for field in fields(Certainty)) == (*CLUES, "share", "bias")


@pytest.mark.parametrize("clue", CLUES)
def test_learnt_weights_have_the_right_sign(clue: str) -> None:
    """More of a clue never speaks against a finding, another year never for it."""
    more = replace(PLAIN, **{clue: 1.0})
    sign = -1 if clue == AGAINST else 1
    assert sign * (Ranking().of(more) - Ranking().of(PLAIN)) >= 0
    assert sign * (Certainty().of(more, 0.5) - Certainty().of(PLAIN, 0.5)) >= 0


@pytest.mark.parametrize("clue", CLUES)
def test_every_clue_counts(clue: str) -> None:
    """In the ranking and in the certainty, by its own weight."""
    more = replace(PLAIN, **{clue: 1.0})
    sign = -1 if clue == AGAINST else 1
    assert sign * (RANKING.of(more) - RANKING.of(PLAIN)) > 0
    assert sign * (CERTAINTY.of(more, 0.5) - CERTAINTY.of(PLAIN, 0.5)) > 0


def test_shares_are_a_softmax() -> None:
    """One higher in score is e times as likely."""
    first, second = RANKING.shares([make_finding(replace(PLAIN, margin=m)) for m in (3.0, 2.0)])
    assert first / second == pytest.approx(math.e)
    assert RANKING.shares([make_finding(PLAIN)]) == [1.0]
    assert RANKING.shares([]) == []


@given(st.lists(any_clues, min_size=1, max_size=5))
def test_shares_add_up_to_one(clues: list[Clues]) -> None:
    """In the order of the findings, the best with the largest share, however far apart they are."""
    shares = RANKING.shares([make_finding(one) for one in clues])
    assert sum(shares) == pytest.approx(1.0)
    scores = [RANKING.of(one) for one in clues]
    assert shares[scores.index(max(scores))] == max(shares)


def test_the_larger_share_is_the_surer_one() -> None:
    """A finding alone on its height is surer than one of many."""
    assert CERTAINTY.of(PLAIN, 0.1) < CERTAINTY.of(PLAIN, 0.9)


@given(clues=any_clues, share=st.floats(0, 1))
def test_certainty_is_a_probability(clues: Clues, share: float) -> None:
    """Whatever the clues are, however extreme."""
    assert 0 <= CERTAINTY.of(clues, share) <= 1


def test_certainty_is_the_logistic_function() -> None:
    """Of the weighed clues, share and bias."""
    score = RANKING.of(PLAIN) + 0.5 - 3.0
    assert CERTAINTY.of(PLAIN, 0.5) == pytest.approx(1 / (1 + math.exp(-score)))
