"""A sentence read for a question: its words, and where it repeats what was asked."""

import re
from dataclasses import dataclass

from corpus.text import Segmenter, Word, bigrams, normalize
from corpus.types import Passage, Span
from qa.kinds import parts

_TRIMMED = " \u3000\t\r\n，,。；;：:、！!？?"
_WORD = re.compile(r"[^\W_]")
_LATE = 2  # an answer mostly follows the words it answers; one before them counts as twice as far


@dataclass(frozen=True, slots=True)
class Evidence:
    """`question` is normalised, `text` is as it stands in the report, `shared` ascends.

    `normalized` is `text` normalised, of the same length: patterns of Chinese words and of digits
    see that, so that they hold for traditional characters and full width, too.
    """

    question: str
    text: str
    normalized: str
    words: tuple[Word, ...]
    shared: tuple[int, ...]

    @classmethod
    def of(cls, question: str, text: str, segmenter: Segmenter) -> "Evidence":
        """Return `text` marked with the positions of the bigrams it shares with `question`."""
        normalized = normalize(text)
        shared = next(filter(None, (_shared(p, normalized) for p in parts(question))), set())
        words = tuple(segmenter.tagged(text))
        return cls(normalize(question), text, normalized, words, tuple(sorted(shared)))

    def of_span(self, span: Span) -> str:
        """The characters of `span`."""
        return self.text[span.start : span.end]

    def asked(self, span: Span) -> bool:
        """Whether the question itself says what stands in `span`, which then answers nothing."""
        return normalize(self.of_span(span)).replace(" ", "") in self.question.replace(" ", "")

    def overlap(self, span: Span) -> int:
        """How many shared positions lie inside `span`."""
        return sum(span.start <= position < span.end for position in self.shared)

    def distance(self, span: Span) -> int:
        """Characters between `span` and the nearest shared word outside it."""
        before = [span.start - position for position in self.shared if position < span.start]
        after = [_LATE * (p - span.end + 1) for p in self.shared if p >= span.end]
        return min(before + after, default=len(self.text))

    def clean(self, span: Span) -> Span:
        """`span` without the punctuation and white space at its ends; may come out empty."""
        return trimmed(self.text, span)

    def whole(self) -> Span:
        """The sentence itself, cleaned; as it is where nothing else would be left."""
        cleaned = self.clean(Span(0, len(self.text)))
        return cleaned if cleaned.end > cleaned.start else Span(0, len(self.text))


def trimmed(text: str, span: Span) -> Span:
    """Return `span` of `text` without the punctuation and white space at its ends, maybe empty."""
    start, end = span
    while start < end and text[start] in _TRIMMED:
        start += 1
    while end > start and text[end - 1] in _TRIMMED:
        end -= 1
    return Span(start, end)


def says_something(passage: Passage, said: str) -> bool:
    """Return whether `said` has a word and is more than title or heading, which name a topic."""
    alone = said.strip("# \n。")
    repeated = any(alone == heading.strip("# \n。") for heading in passage.context)
    return _WORD.search(alone) is not None and not repeated


def _shared(question: str, text: str) -> set[int]:
    """The positions of `text` that stand in a bigram of the question."""
    return {
        position
        for token in set(bigrams(question))
        for match in re.finditer(re.escape(token), text)
        for position in range(*match.span())
    }
