"""The trained reader: reads the best windows, ranks what it finds, and says how sure it is."""

import hashlib
from collections.abc import Sequence

from corpus.text import Segmenter, normalize
from embeddings.types import Hit
from qa.findings import Asked, Finding, finding
from qa.ranking import Certainty, Ranking
from qa.span_model import SpanModel, Text
from qa.types import Citation, Reading
from qa.windows import windows

_WINDOWS = 8  # read for a question
_SPANS = 2  # of a window that are ranked
_CITATIONS = 3  # as many as anybody checks
_CLOSE = 0.5  # a further finding is cited where it is so many times as likely as the best


class TrainedReader:
    """Reads by the span model; ranks by it and by the retrieval together."""

    def __init__(
        self,
        model: SpanModel,
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

        No citations where no window of the hits has anything to quote. The hits come back by what
        was found in them.
        """
        found = self.findings(question, hits)
        if not found:
            return Reading((), 0.0, tuple(hits))
        shares = self._ranking.shares(found)
        pairs = zip(found, shares, strict=True)
        close = [one.cite(share) for one, share in pairs if share >= _CLOSE * shares[0]]
        return Reading(
            citations=_distinct(close)[:_CITATIONS],
            confidence=self._certainty.of(found[0].clues, shares[0]),
            hits=_reordered(hits, found),
        )

    def findings(self, question: str, hits: Sequence[Hit]) -> list[Finding]:
        """Return what may answer in the best windows of the hits, best first."""
        asked = Asked.of(question, self._segmenter)
        looked = windows(hits, _WINDOWS)
        texts = [Text(normalize(w.context), normalize(w.text)) for w in looked]
        read = self._model.best_spans(asked.text, texts, count=_SPANS)
        found = [
            finding(asked, window, span, looked[0].sentence.score, self._segmenter)
            for window, spans in zip(looked, read, strict=True)
            for span in spans
        ]
        return sorted(found, key=lambda one: -self._ranking.of(one.clues))


def _reordered(hits: Sequence[Hit], found: Sequence[Finding]) -> tuple[Hit, ...]:
    """The hits by their best finding; those in which nothing was read come last, as they were."""
    read = {one.window.passage.id: one.window.hit for one in found}
    unread = (hit for hit in hits if hit.passage.id not in read)
    return (*read.values(), *unread)


def _distinct(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations without those that repeat an earlier quote."""
    first = {citation.quote: citation for citation in reversed(citations)}
    return tuple(sorted(first.values(), key=citations.index))
