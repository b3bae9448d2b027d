"""The core types of the embeddings layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.types import Passage, SkippedFile, Span

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


class ModelUnreadable(Exception):
    """The encoder could not be loaded; the text says what to do."""


class Encoder(Protocol):
    """Text to unit vectors; the one seam between the index and a model."""

    @property
    def name(self) -> str:
        """What was loaded: a hub name, a folder, or the shipped model's own name."""

    @property
    def fingerprint(self) -> str:
        """A short hash of all that decides the vectors; equal fingerprints, equal vectors."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows of shape (len(texts), dimensions), float32, for questions."""

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return unit rows of shape (len(texts), dimensions), float32, for text to be found.

        `on_batch` is called after each batch with the number of texts in it.
        """


class VectorIndex(Protocol):
    """Unit vectors by row; the seam behind which another engine than FAISS would stand."""

    def __len__(self) -> int:
        """Return the number of rows."""

    @property
    def vectors(self) -> FloatArray:
        """All rows, float32 of shape (rows, dimensions)."""

    def similarities(self, vector: FloatArray) -> FloatArray:
        """Return every row's cosine to a unit `vector`, float32 of shape (rows,)."""

    def write(self, file: "Writable") -> None:
        """Write what a version keeps of it on disk."""


class Writable(Protocol):
    """A file that is being written."""

    def write(self, data: bytes, /) -> int:
        """Write all of `data` and return how many bytes that are."""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of a hit: its span inside `passage.text`, and how well it fits the question.

    `score` is the fused score, comparable only within one search; `similarity` is the cosine of
    question and sentence in its context after centring, -1..1.
    """

    span: Span
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question, with all its sentences, best first.

    Hits are ordered by (-score, passage.id).
    """

    passage: Passage
    sentences: tuple[ScoredSentence, ...]

    @property
    def score(self) -> float:
        """The score of the best sentence."""
        return self.sentences[0].score

    @property
    def sentence(self) -> Span:
        """The span of the best sentence inside `passage.text`."""
        return self.sentences[0].span


Stage = Literal["read", "encode", "words", "check", "write"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a stage of a rebuild is.

    Counted are documents read, texts encoded, passages cut into words and questions asked. The
    stages come in the order of `Stage`; "write" has one step, after which the switch follows.
    """

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class GateReport:
    """What the questions of the quality gate said of a new version; `skipped` why none was asked.

    `old` and `new` are the scores of both versions, 0..1, over `questions` questions; `left_out`
    counts those about a report that is not in both. `wins` and `losses` are the questions that the
    new version answers better and worse, the greatest difference first.
    """

    old: float = 0.0
    new: float = 0.0
    margin: float = 0.0
    questions: int = 0
    left_out: int = 0
    wins: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def refused(self) -> bool:
        """Whether the score has fallen by more than the margin."""
        return round(self.old - self.new, 4) > self.margin  # as many places as scores have


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a rebuild did: counts, files left out, and wall-clock seconds.

    `version` serves after it. `encoded` and `reused` count different texts, of which most sentences
    have two. `gate` is None where there was no new version, or nobody to check it.
    """

    version: str
    documents: int
    passages: int
    sentences: int
    encoded: int
    reused: int
    skipped: tuple[SkippedFile, ...]
    seconds: float
    gate: GateReport | None = None
