"""Questions to hits: what each sentence is worth, and the passages that hold the best ones."""

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from corpus.text import Segmenter, bigrams, normalize
from corpus.types import Document, Passage, Span
from corpus.years import told_years, with_full_years, years
from embeddings.fusion import CentredVectors, Fusion, ScoreArray, Signals, YearTable
from embeddings.keywords import Keywords
from embeddings.types import Encoder, Hit, IntArray, ScoredSentence, VectorIndex


@dataclass(frozen=True, slots=True, eq=False)
class Contents:
    """What a version of the index holds.

    `passages` stand in the order of their ids. `sentences` has a row (passage, start, end) per
    sentence: the passage's row, and the sentence's span inside it; passage by passage, none without
    a sentence. The vectors and the `keys`, two SHA-256 of the texts that were encoded, have a row
    per sentence; the keyword indexes have a row per passage. ValueError where they do not fit.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: IntArray
    keys: NDArray[np.uint8]
    plain: VectorIndex
    contextual: VectorIndex
    words: Keywords
    bigrams: Keywords

    def __post_init__(self) -> None:
        if {len(self.words), len(self.bigrams)} != {len(self.passages)}:
            raise ValueError("keywords and passages differ in number")
        if {len(self.keys), len(self.plain), len(self.contextual)} != {len(self.sentences)}:
            raise ValueError("vectors and sentences differ in number")
        rows = np.concatenate(([-1], self.sentences[:, 0], [len(self.passages)]))
        if not np.isin(np.diff(rows), (0, 1)).all():
            raise ValueError("sentences and passages do not belong together")


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """One version of the index, opened with the encoder that built it; safe between threads."""

    version: str
    contents: Contents
    encoder: Encoder
    segmenter: Segmenter
    fusion: Fusion = field(default_factory=Fusion)
    _plain: CentredVectors = field(init=False, repr=False)
    _contextual: CentredVectors = field(init=False, repr=False)
    _years: YearTable = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out now what no question should wait for."""
        object.__setattr__(self, "_plain", CentredVectors(self.contents.plain))
        object.__setattr__(self, "_contextual", CentredVectors(self.contents.contextual))
        object.__setattr__(self, "_years", YearTable(self._told_years()))

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the encoder, which is the one the vectors were made with."""
        return self.encoder.fingerprint

    @property
    def documents(self) -> tuple[Document, ...]:
        """All documents, in the order of the corpus."""
        return self.contents.documents

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of their ids."""
        return self.contents.passages

    def search(self, question: str, k: int, documents: frozenset[str] | None = None) -> list[Hit]:
        """Return the `k` best passages, or as many as there are, best first; equals by id.

        A passage is as good as its best sentence. With `documents`, only passages of documents with
        these ids are ranked. A blank question has no hits.
        """
        text = with_full_years(normalize(question)).strip()
        rows = self._candidates(documents)
        if not text or k < 1 or not len(rows):
            return []
        signals = self.signals(text).of(rows)
        scores = self.fusion.fuse(signals)
        passages, first = np.unique(self.contents.sentences[rows, 0], return_index=True)
        best = np.argsort(-np.maximum.reduceat(scores, first), kind="stable")[:k]
        ends = np.append(first[1:], len(rows))
        return [
            self._hit(passages[n], rows, scores, signals.contextual, slice(first[n], ends[n]))
            for n in best  # stable: equals keep the order of their ids
        ]

    def signals(self, question: str) -> Signals:
        """Return what is known of every sentence for a normalised question."""
        vector = self.encoder.encode_questions([question])[0]
        passages = self.contents.sentences[:, 0]
        words = self.contents.words.scores(self.segmenter.words(question))
        pairs = self.contents.bigrams.scores(bigrams(question))
        year, other_year = self._years.agreement(years(question))
        return Signals(
            plain=self._plain.similarities(vector),
            contextual=self._contextual.similarities(vector),
            words=words.astype(np.float64)[passages],
            bigrams=pairs.astype(np.float64)[passages],
            year=year,
            other_year=other_year,
        )

    def _told_years(self) -> list[frozenset[int]]:
        """The years that each sentence speaks of."""
        rows = self.contents.sentences.tolist()
        return [
            years
            for row, own in groupby(rows, key=itemgetter(0))
            for passage in (self.passages[row],)
            for years in told_years(
                passage.context, [passage.text[start:end] for _, start, end in own]
            )
        ]

    def _candidates(self, documents: frozenset[str] | None) -> IntArray:
        """Rows of the sentences to rank, ascending."""
        passages = self.contents.sentences[:, 0]
        if documents is None:
            return np.arange(len(passages))
        chosen = np.array([passage.document.id in documents for passage in self.passages])
        return np.flatnonzero(chosen[passages])

    def _hit(
        self,
        passage: np.int64,
        rows: IntArray,
        scores: ScoreArray,
        similarities: ScoreArray,
        own: slice,
    ) -> Hit:
        """A passage with its own sentences, best first."""
        order = own.start + np.argsort(-scores[own], kind="stable")
        spans = (Span(*self.contents.sentences[rows[n], 1:].tolist()) for n in order)
        return Hit(
            passage=self.passages[passage],
            sentences=tuple(
                ScoredSentence(span, float(scores[n]), float(similarities[n]))
                for span, n in zip(spans, order, strict=True)
            ),
        )
