"""Signals of how well each sentence fits a question, and their fusion into one score."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings.types import FloatArray, VectorIndex

SHARE_OF_MEAN = 0.8
"""How much of the mean vector is taken off: 0.8 was best on reports of one and of many genres."""

ScoreArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fusion:
    """The weight of each signal in a sentence's score; 0 leaves it out.

    The first four weigh standard scores: a signal's distance from its mean over all sentences in
    standard deviations, so that cosines and BM25 share a scale. Years weigh as shares of the years
    that the question names. Learnt as a softmax over sentences on question files, so that a score
    one higher means e times as likely: `python -m training.fit_fusion`.
    """

    plain: float = 1.05
    contextual: float = 2.12
    words: float = 0.28
    bigrams: float = 0.39
    year: float = 1.18
    other_year: float = -0.79

    def fuse(self, signals: "Signals") -> ScoreArray:
        """Return one score per sentence, float64 of shape (sentences,)."""
        return (
            self.plain * standard_scores(signals.plain)
            + self.contextual * standard_scores(signals.contextual)
            + self.words * standard_scores(signals.words)
            + self.bigrams * standard_scores(signals.bigrams)
            + self.year * signals.year
            + self.other_year * signals.other_year
        )


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of each sentence for one question; every array has the shape (sentences,).

    `plain` and `contextual` are centred cosines, `words` and `bigrams` the passage's BM25. `year`
    is the share of the question's years that the sentence speaks of (`corpus.years.told_years`);
    `other_year` is 1 where it speaks of years and of none of the question's.
    """

    plain: ScoreArray
    contextual: ScoreArray
    words: ScoreArray
    bigrams: ScoreArray
    year: ScoreArray
    other_year: ScoreArray

    def of(self, rows: NDArray[np.int64]) -> Self:
        """Return the same signals for some sentences only."""
        return type(self)(*(getattr(self, signal.name)[rows] for signal in fields(self)))


def standard_scores(signal: ScoreArray) -> ScoreArray:
    """Return (signal - mean) / standard deviation; zeros where all are equal."""
    deviation = float(signal.std()) or 1.0
    return np.asarray((signal - signal.mean()) / deviation, dtype=np.float64)


class CentredVectors:
    """Cosines to vectors with most of their mean taken off.

    Sentence encoders leave all vectors in a narrow cone; what all have in common says nothing about
    any, and where one report is longer than the others it pulls every question towards it. After Mu
    and Viswanath, "All-but-the-Top: Simple and Effective Postprocessing for Word Representations",
    ICLR 2018. The index keeps the vectors as they are: cosines after centring follow from those
    before, (x - c)(q - c) = xq - xc - cq + cc.
    """

    def __init__(self, vectors: VectorIndex, share: float = SHARE_OF_MEAN) -> None:
        self._vectors = vectors
        rows = vectors.vectors
        self._centre: FloatArray = np.asarray(share * rows.mean(axis=0), dtype=np.float32)
        self._towards_centre = np.asarray(rows @ self._centre, dtype=np.float64)
        self._lengths = np.linalg.norm(rows - self._centre, axis=1).astype(np.float64)

    def similarities(self, vector: FloatArray) -> ScoreArray:
        """Return every row's cosine to a unit `vector`, both centred; float64 of shape (rows,)."""
        centre = self._centre
        products = self._vectors.similarities(vector) - self._towards_centre
        products += float(centre @ centre) - float(centre @ vector)
        lengths = self._lengths * float(np.linalg.norm(vector - centre))
        cosines = np.zeros_like(products)
        np.divide(products, lengths, out=cosines, where=lengths > 0)
        return cosines


class YearTable:
    """Which sentences speak of which years."""

    def __init__(self, named: Sequence[frozenset[int]]) -> None:
        self._columns = {year: n for n, year in enumerate(sorted(frozenset().union(*named)))}
        self._names = np.zeros((len(named), len(self._columns)), dtype=bool)
        for row, found in enumerate(named):
            self._names[row, [self._columns[year] for year in found]] = True
        self._any: NDArray[np.bool_] = np.asarray(self._names.any(axis=1))

    def agreement(self, asked: frozenset[int]) -> tuple[ScoreArray, ScoreArray]:
        """Return `year` and `other_year` of the signals; zeros where no year is asked for."""
        if not asked:
            return np.zeros(len(self._any)), np.zeros(len(self._any))
        columns = [self._columns[year] for year in asked if year in self._columns]
        common = self._names[:, columns].sum(axis=1)
        return common / len(asked), (self._any & (common == 0)).astype(np.float64)
