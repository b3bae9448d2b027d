"""One question: made to stand alone, searched for, read, and answered with citations."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from embeddings.index import Index
from qa.calibration import Decision
from qa.followup import FollowUps
from qa.types import Answer, Reader, Turn

_HITS_READ = 10  # passages handed to the reader, however few are asked to be shown


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers questions over one version of the index; safe to share between threads.

    Without a `decision` whatever the reader cites is an answer.
    """

    index: Index
    reader: Reader
    follow_ups: FollowUps
    decision: Decision = field(default_factory=Decision)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        documents: frozenset[str] | None = None,
        top_k: int = 10,
    ) -> Answer:
        """Return the answer with its citations, and the `top_k` closest passages.

        `history` holds earlier turns, oldest first. With `documents`, only those reports are asked.
        Nothing found is an answer without citations, never an error.
        """
        started = time.perf_counter()
        standalone = self.follow_ups.standalone(question, history)
        understood = time.perf_counter()
        hits = self.index.search(standalone, max(top_k, _HITS_READ), documents)
        searched = time.perf_counter()
        reading = self.decision.of(self.reader.read(standalone, hits[:_HITS_READ]))
        read = time.perf_counter()
        return Answer(
            question=question,
            standalone_question=standalone,
            citations=reading.citations,
            hits=(*reading.hits, *hits[_HITS_READ:])[:top_k],
            confidence=reading.confidence,
            index_version=self.index.version,
            timings_ms={
                "understand": _milliseconds(started, understood),
                "search": _milliseconds(understood, searched),
                "read": _milliseconds(searched, read),
                "total": _milliseconds(started, read),
            },
        )


def _milliseconds(start: float, end: float) -> float:
    """A stretch of the performance counter's seconds in milliseconds, to the hundredth."""
    return round((end - start) * 1000, 2)
