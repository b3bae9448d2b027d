"""The reader that needs no trained weights: it chooses the sentence, then the span inside it.

It sits behind the `Reader` protocol, where a trained one can take its place.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text import Segmenter
from corpus.types import Passage
from embeddings.types import Hit, ScoredSentence
from qa.confidence import Clues, Confidence
from qa.evidence import Evidence, says_something
from qa.kinds import Kind, kind_of
from qa.spans import answer_span, holds
from qa.types import Citation, Reading, distinct

_SENTENCES_READ = 12  # of all hits together, best first; the answer is among them or nowhere
_CITATIONS = 3  # as many as anybody checks
_FITS = 0.45  # added to the score of a sentence that holds the kind of thing asked for
_CLOSE = math.log(2)  # a further sentence is cited where it is half as likely as the best, or more
_FIELD = 4  # the best sentence is held against the one so many places behind it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence as the reader sees it: where it stands, what it says, how well it fits."""

    passage: Passage
    sentence: ScoredSentence
    evidence: Evidence
    fits: bool

    @property
    def score(self) -> float:
        """The retrieval's score, raised where the kind fits."""
        return self.sentence.score + _FITS * self.fits

    def cite(self, kind: Kind) -> Citation:
        """Return the citation of what answers in this sentence."""
        start, end = self.sentence.span
        inside = answer_span(kind, self.evidence)
        return Citation(
            self.passage, start + inside.start, start + inside.end, start, end, self.score
        )


class RuleReader:
    """Reads by rule: kind of question, kind of span, and words shared with the question."""

    def __init__(self, segmenter: Segmenter, confidence: Confidence | None = None) -> None:
        self._segmenter = segmenter
        self._confidence = confidence or Confidence()

    @property
    def name(self) -> str:
        """What reads, and a short hash of the weights that its confidence comes from."""
        return f"rules-{hashlib.sha256(repr(self._confidence).encode()).hexdigest()[:8]}"

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return up to three citations, best first, and the confidence that they answer.

        No citations where no sentence of the hits says anything.
        """
        kind = kind_of(question)
        candidates = self.candidates(question, kind, hits)
        if not candidates:
            return Reading((), 0.0, tuple(hits))
        confidence = self._confidence.of(clues(question, candidates))
        close = (c for c in candidates if c.score > candidates[0].score - _CLOSE)
        cited = [candidate.cite(kind) for candidate in close]
        return Reading(distinct(cited)[:_CITATIONS], confidence, tuple(hits))

    def candidates(self, question: str, kind: Kind, hits: Sequence[Hit]) -> list[Candidate]:
        """Return the sentences worth reading in all hits together, best first."""
        found = [
            (hit.passage, sentence)
            for hit in hits
            for sentence in hit.sentences
            if says_something(hit.passage, hit.passage.text[slice(*sentence.span)])
        ]
        found.sort(key=lambda pair: (-pair[1].score, pair[0].id, pair[1].span))
        read = [
            self._candidate(question, kind, passage, sentence)
            for passage, sentence in found[:_SENTENCES_READ]
        ]
        return sorted(read, key=lambda c: (-c.score, c.passage.id, c.sentence.span))

    def _candidate(
        self, question: str, kind: Kind, passage: Passage, sentence: ScoredSentence
    ) -> Candidate:
        """One sentence, read."""
        text = passage.text[sentence.span.start : sentence.span.end]
        evidence = Evidence.of(question, text, self._segmenter)
        return Candidate(
            passage, sentence, evidence, kind is not Kind.OTHER and holds(kind, evidence)
        )


def clues(question: str, candidates: Sequence[Candidate]) -> Clues:
    """Return what speaks for the first of the candidates, which come best first."""
    best, behind = candidates[0], candidates[: _FIELD + 1][-1]
    return Clues.of(
        question,
        best.passage,
        best.evidence.text,
        lead=best.score - behind.score,
        similarity=best.sentence.similarity,
        fits=best.fits,
    )
