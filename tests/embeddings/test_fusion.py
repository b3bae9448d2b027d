"""Signals and their fusion against naive computations with numpy."""

from dataclasses import fields, replace

import numpy as np
import pytest

from corpus.years import years
from embeddings.fusion import (
    SHARE_OF_MEAN,
    CentredVectors,
    Fusion,
    ScoreArray,
    Signals,
    YearTable,
    standard_scores,
)
from embeddings.types import FloatArray
from embeddings.vectors import FlatIndex

TEXTS = (
    "图书馆2024年工作报告\n全年开放320天",
    "图书馆2025年工作报告\n比2024年多五天",
    "水质简报\n二〇二五年五月",
    "水质简报\n水质良好",
)


def unit_rows(rows: int, seed: int = 0) -> FloatArray:
    """Random unit vectors in a narrow cone, as encoders leave them."""
    vectors = np.random.default_rng(seed).standard_normal((rows, 16), dtype=np.float32) + 0.8
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def some_signals(rows: int = 9) -> Signals:
    """Signals of arbitrary sentences."""
    plain, contextual, words, keys, year, other = np.random.default_rng(1).random((6, rows))
    return Signals(plain, contextual, words, keys, np.round(year, 1), np.round(other))


def naive_cosines(rows: FloatArray, question: FloatArray, share: float) -> ScoreArray:
    """The cosines of the vectors with the share of their mean taken off, one by one."""
    centre = share * rows.mean(axis=0)
    moved = [row - centre for row in rows]
    asked = question - centre
    return np.array([row @ asked / np.linalg.norm(row) / np.linalg.norm(asked) for row in moved])


@pytest.mark.parametrize("share", [0.0, SHARE_OF_MEAN, 1.0], ids=["none", "shipped", "all"])
@pytest.mark.parametrize("rows", [2, 7, 300])
def test_similarities_are_the_cosines_after_centring(rows: int, share: float) -> None:
    """What is worked out from the index's own cosines equals centring the vectors themselves."""
    vectors, question = unit_rows(rows), unit_rows(1, seed=1)[0]
    found = CentredVectors(FlatIndex.build(vectors), share).similarities(question)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, naive_cosines(vectors, question, share), atol=1e-5)


def test_without_centring_they_are_the_cosines_of_the_index() -> None:
    """A share of nothing changes nothing."""
    index, question = FlatIndex.build(unit_rows(20)), unit_rows(1, seed=1)[0]
    found = CentredVectors(index, share=0).similarities(question)
    np.testing.assert_allclose(found, index.similarities(question), atol=1e-6)


def test_one_sentence_alone_has_a_similarity() -> None:
    """A corpus of one sentence, which is its own mean, is no division by zero."""
    vectors = unit_rows(1)
    for share in (SHARE_OF_MEAN, 1.0):
        found = CentredVectors(FlatIndex.build(vectors), share).similarities(vectors[0])
        assert np.isfinite(found).all()


def test_centring_spreads_what_lies_in_a_cone() -> None:
    """Cosines that were all high differ more once what all share is taken off."""
    index, question = FlatIndex.build(unit_rows(200)), unit_rows(1, seed=1)[0]
    before = index.similarities(question)
    after = CentredVectors(index).similarities(question)
    assert after.mean() < before.mean()
    assert after.std() > before.std()


def test_standard_scores_have_mean_zero_and_deviation_one() -> None:
    """The naive formula, number by number."""
    signal = np.array([0.5, 2.0, -1.0, 4.0])
    deviation = np.sqrt(np.mean((signal - signal.mean()) ** 2))
    expected = [(value - signal.mean()) / deviation for value in signal]
    np.testing.assert_allclose(standard_scores(signal), expected)


@pytest.mark.parametrize("signal", [[3.0], [2.0, 2.0, 2.0]], ids=["one", "all equal"])
def test_standard_scores_of_equals_are_zero(signal: list[float]) -> None:
    """What is the same for all says nothing about any."""
    assert standard_scores(np.array(signal)).tolist() == [0.0] * len(signal)


def test_fused_scores_are_weighed_sums() -> None:
    """Cosines and BM25 as standard scores, years as they are."""
    signals = some_signals()
    fusion = Fusion(plain=1, contextual=2, words=3, bigrams=4, year=5, other_year=-6)
    scored = (signals.plain, signals.contextual, signals.words, signals.bigrams)
    expected = np.zeros(len(signals.plain))
    for weight, signal in zip((1, 2, 3, 4), scored, strict=True):
        expected += weight * (signal - signal.mean()) / signal.std()
    expected += 5 * signals.year - 6 * signals.other_year
    np.testing.assert_allclose(fusion.fuse(signals), expected)


@pytest.mark.parametrize("left_out", [weight.name for weight in fields(Fusion)])
def test_each_signal_can_be_left_out(left_out: str) -> None:
    """A weight of 0 makes a signal count for nothing."""
    signals, weights = some_signals(), {weight.name: 1.0 for weight in fields(Fusion)}
    without = Fusion(**weights | {left_out: 0.0}).fuse(signals)
    assert not np.allclose(Fusion(**weights).fuse(signals), without)
    changed = replace(signals, **{left_out: getattr(signals, left_out)[::-1]})
    np.testing.assert_allclose(Fusion(**weights | {left_out: 0.0}).fuse(changed), without)


def test_signals_of_some_sentences() -> None:
    """Choosing sentences chooses in every signal alike."""
    signals, rows = some_signals(), np.array([4, 0, 7])
    chosen = signals.of(rows)
    for signal in fields(Signals):
        assert getattr(chosen, signal.name).tolist() == getattr(signals, signal.name)[rows].tolist()


@pytest.mark.parametrize(
    ("asked", "year", "other_year"),
    [
        ({2024}, [1, 1, 0, 0], [0, 0, 1, 0]),
        ({2025}, [0, 1, 1, 0], [1, 0, 0, 0]),
        ({2024, 2025}, [0.5, 1, 0.5, 0], [0, 0, 0, 0]),
        ({1999}, [0, 0, 0, 0], [1, 1, 1, 0]),
        ({1999, 2024}, [0.5, 0.5, 0, 0], [0, 0, 1, 0]),
        ((), [0, 0, 0, 0], [0, 0, 0, 0]),
    ],
    ids=["one", "numerals too", "two", "named nowhere", "half known", "none asked"],
)
def test_year_agreement(asked: set[int], year: list[float], other_year: list[float]) -> None:
    """The share of the years asked for, and whether only other years are named."""
    found = YearTable([years(text) for text in TEXTS]).agreement(frozenset(asked))
    assert [signal.tolist() for signal in found] == [year, other_year]


def test_no_years_anywhere() -> None:
    """Reports that name no year neither agree nor disagree with one."""
    year, other_year = YearTable([frozenset(), frozenset()]).agreement(frozenset({2024}))
    assert year.tolist() == other_year.tolist() == [0, 0]
