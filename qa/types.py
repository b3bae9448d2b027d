"""The core types of question answering."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.types import Passage, Span
from embeddings.types import Hit

SEPARATOR = "；"  # between the quotes of an answer, as the contract says


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question and its answer, sent by the client; the server keeps no sessions."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands: a span of a passage, inside the span of its sentence.

    Only the offsets are stored, so a quote that differs from its source cannot be built.
    `score` is the reader's, comparable only within one answer.
    """

    passage: Passage
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    score: float

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.passage.text):
            raise ValueError(f"citation {self.start}..{self.end} is outside {self.passage.id}")
        if not self.sentence_start <= self.start < self.end <= self.sentence_end:
            raise ValueError(f"citation {self.start}..{self.end} is outside its sentence")
        if not 0 <= self.sentence_start < self.sentence_end <= len(self.passage.text):
            raise ValueError(f"the cited sentence is outside {self.passage.id}")

    @property
    def quote(self) -> str:
        """The cited characters, exactly as they stand in the passage."""
        return self.passage.text[self.start : self.end]

    @property
    def sentence(self) -> Span:
        """The sentence (or run of sentences) that holds the quote."""
        return Span(self.sentence_start, self.sentence_end)


def distinct(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Return the citations without those that repeat an earlier quote."""
    first = {citation.quote: citation for citation in reversed(citations)}
    return tuple(sorted(first.values(), key=citations.index))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of the hits: citations, best first, and a confidence in 0..1.

    `hits` are those it was given, in the order that reading them gives.
    """

    citations: tuple[Citation, ...]
    confidence: float
    hits: tuple[Hit, ...]


class Reader(Protocol):
    """Question and hits to citations; the one seam between the answerer and a model."""

    @property
    def name(self) -> str:
        """What reads; readers that give other confidences have other names."""

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return what answers a standalone question best, however unsure; none without hits.

        Whether the confidence is enough for an answer is not the reader's to say: see `Decision`.
        """


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer made of quotes alone. No answer is a value, not an error: `citations == ()`."""

    question: str
    standalone_question: str
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    index_version: str
    timings_ms: dict[str, float]

    @property
    def found(self) -> bool:
        """Whether the reports answer the question."""
        return bool(self.citations)

    @property
    def text(self) -> str:
        """The quotes in order, joined by `；`; empty when nothing was found."""
        return SEPARATOR.join(citation.quote for citation in self.citations)
