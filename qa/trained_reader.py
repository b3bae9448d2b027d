"""The trained reader: reads the best windows, ranks what it finds, and says how sure it is."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from corpus.text import Segmenter, normalize
from embeddings.types import Hit
from qa.findings import Asked, Finding, findings_in
from qa.ranking import Certainty, Ranking
from qa.span_model import ScoredSpan, Text
from qa.types import Reading, distinct
from qa.windows import windows

_WINDOWS = 8  # read for a question
_SPANS = 2  # of a window that are ranked
CITATIONS = 3  # as many as anybody checks
_LIKELY = 0.2  # confidence from which on the reader knows better than retrieval what comes first
CLOSE = 0.5  # a further finding is cited where it is so many times as likely as the best


class SpanScorer(Protocol):
    """Question and texts to scored spans: `SpanModel`, or what stands for it in tests."""

    @property
    def fingerprint(self) -> str:
        """A short hash of all that decides the margins."""

    def best_spans(
        self, question: str, texts: Sequence[Text], *, count: int
    ) -> list[list[ScoredSpan]]:
        """Return, for every text, at most `count` spans that do not overlap, best first."""


class TrainedReader:
    """Reads by the span model; ranks by it and by the retrieval together."""

    def __init__(
        self,
        model: SpanScorer,
        segmenter: Segmenter,
        ranking: Ranking | None = None,
        certainty: Certainty | None = None,
    ) -> None:
        self._model = model
        self._segmenter = segmenter
        self._ranking = ranking or Ranking()
        self._certainty = certainty or Certainty()

    @property
    def name(self) -> str:
        """What reads, and a short hash of the weights that its confidence comes from."""
        weights = f"{self._model.fingerprint} {self._ranking} {self._certainty}"
        return f"trained-{hashlib.sha256(weights.encode()).hexdigest()[:8]}"

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return up to three citations, best first, and the confidence that they answer.

        No citations where no window of the hits has anything to quote. The hit that answers comes
        first where that is likely enough; the others keep their order.
        """
        found = self.findings(question, hits)
        if not found:
            return Reading((), 0.0, tuple(hits))
        shares = self._ranking.shares(found)
        pairs = zip(found, shares, strict=True)
        close = [one.cite(share) for one, share in pairs if share >= CLOSE * shares[0]]
        confidence = self._certainty.of(found[0].clues, shares[0])
        return Reading(
            citations=distinct(close)[:CITATIONS],
            confidence=confidence,
            hits=_reordered(hits, found[0]) if confidence >= _LIKELY else tuple(hits),
        )

    def findings(self, question: str, hits: Sequence[Hit]) -> list[Finding]:
        """Return what may answer in the best windows of the hits, best first; no place twice."""
        asked = Asked.of(question, self._segmenter)
        looked = windows(hits, _WINDOWS)
        texts = [Text(normalize(w.context), normalize(w.text)) for w in looked]
        read = self._model.best_spans(asked.text, texts, count=_SPANS)
        found = [
            finding
            for window, spans in zip(looked, read, strict=True)
            for finding in findings_in(
                asked, window, spans, looked[0].sentence.score, self._segmenter
            )
        ]
        found.sort(key=lambda one: -self._ranking.of(one.clues))
        return _apart(one for one in found if one.says_something)


def _reordered(hits: Sequence[Hit], best: Finding) -> tuple[Hit, ...]:
    """The hit of the best finding first; the others as they were, where retrieval knows best."""
    others = (hit for hit in hits if hit.passage.id != best.window.passage.id)
    return (best.window.hit, *others)


def _apart(found: Iterable[Finding]) -> list[Finding]:
    """The findings without those that overlap a better one: windows may."""
    kept: list[Finding] = []
    for one in found:
        if not any(one.overlaps(better) for better in kept):
            kept.append(one)
    return kept
