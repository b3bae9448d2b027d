"""What a trained reader gets to see: the best sentences, each among its neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.types import Passage, Span
from embeddings.types import Hit, ScoredSentence

ROOM = 180  # characters of a window: some 120 tokens, so that eight are read in a sixth of a second


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole sentences of a passage, around the sentence it was chosen for.

    `span` is inside `passage.text`.
    """

    hit: Hit
    sentence: ScoredSentence
    span: Span

    @property
    def passage(self) -> Passage:
        """The passage that the window is cut from."""
        return self.hit.passage

    @property
    def text(self) -> str:
        """What stands in the window."""
        return self.passage.text[self.span.start : self.span.end]

    @property
    def context(self) -> str:
        """Title and headings of the passage, in one line."""
        return "；".join(heading.strip("# \n") for heading in self.passage.context)

    def sentences_around(self, span: Span) -> Span:
        """Return the run of whole sentences of the passage that `span`, not empty, touches."""
        touched = [
            s.span
            for s in self.hit.sentences
            if s.span.start < span.end and span.start < s.span.end
        ]
        return Span(min(s.start for s in touched), max(s.end for s in touched))

    def holds(self, span: Span) -> bool:
        """Whether `span` of the passage lies in the window."""
        return self.span.start <= span.start and span.end <= self.span.end


def windows(hits: Sequence[Hit], count: int, room: int = ROOM) -> list[Window]:
    """Return at most `count` windows around the best sentences of all hits, best first.

    A sentence that an earlier window holds gets none of its own. A window is longer than `room`
    only where its sentence alone is.
    """
    chosen: list[Window] = []
    for hit, sentence in _best_first(hits):
        if len(chosen) == count:
            break
        if not any(w.passage.id == hit.passage.id and w.holds(sentence.span) for w in chosen):
            span = _grown([s.span for s in hit.sentences], sentence.span, room)
            chosen.append(Window(hit, sentence, span))
    return chosen


def _best_first(hits: Sequence[Hit]) -> list[tuple[Hit, ScoredSentence]]:
    """Every sentence with its hit, by score."""
    pairs = [(hit, sentence) for hit in hits for sentence in hit.sentences]
    return sorted(pairs, key=lambda p: (-p[1].score, p[0].passage.id, p[1].span))


def _grown(sentences: Sequence[Span], middle: Span, room: int) -> Span:
    """`middle` with its neighbours, the following one first, as long as `room` is enough."""
    start, end = middle
    before = sorted((s for s in sentences if s.end <= start), reverse=True)
    after = sorted(s for s in sentences if s.start >= end)
    while before or after:
        if after and after[0].end - start <= room:
            end = after.pop(0).end
        else:
            after = []
        if before and end - before[0].start <= room:
            start = before.pop(0).start
        else:
            before = []
    return Span(start, end)
