"""What the reader found in one window, and what speaks for it."""

import re
from dataclasses import dataclass, fields

from corpus.text import Segmenter, bigrams, normalize
from corpus.types import Span
from corpus.years import with_full_years, years
from qa.evidence import Evidence
from qa.kinds import Kind, kind_of
from qa.span_model import ScoredSpan
from qa.spans import holds
from qa.types import Citation
from qa.windows import Window

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_QUOTED = re.compile(r"[\"《]([^\"《》]{2,20})[\"》]")
_NAME_TAGS = ("nr", "ns", "nt", "nz")  # jieba's tags of people, places, bodies, other names


@dataclass(frozen=True, slots=True)
class Asked:
    """A standalone question, and what an answer to it must have to do with.

    `text` is normalised, its years in full; `names` are the names and quoted words in it.
    """

    text: str
    kind: Kind
    years: frozenset[int]
    numbers: frozenset[str]
    names: frozenset[str]
    pairs: frozenset[str]

    @classmethod
    def of(cls, question: str, segmenter: Segmenter) -> "Asked":
        """Return what `question` asks for."""
        text = with_full_years(normalize(question)).strip()
        tagged = (w.text for w in segmenter.tagged(text) if w.tag.startswith(_NAME_TAGS))
        names = {*_QUOTED.findall(text), *(name for name in tagged if len(name) > 1)}
        return cls(
            text=text,
            kind=kind_of(question),
            years=years(text),
            numbers=frozenset(_NUMBER.findall(text)),
            names=frozenset(names),
            pairs=frozenset(bigrams(text)),
        )


@dataclass(frozen=True, slots=True)
class Clues:
    """What speaks for a finding; shares and yes-or-no are 0..1.

    `margin` is the model's, in logits; `lead` the fused score of the sentence the window was chosen
    for, less that of the best sentence (0 or below); `similarity` that sentence's centred cosine.
    `numbers`, `names`, `year` and `coverage` are the shares of the question's numbers, names, years
    and bigrams that stand in the passage or above it (`year`: in the sentence or above it),
    `other_year` is 1 where years stand there and none of the question's; `fits` is 1 where the
    span's sentence holds the kind of thing asked for.
    """

    margin: float
    lead: float
    similarity: float
    fits: float
    numbers: float
    names: float
    year: float
    other_year: float
    coverage: float


CLUES = tuple(field.name for field in fields(Clues))


@dataclass(frozen=True, slots=True)
class Finding:
    """A span of a window that may answer; `span` and `sentences` are inside the passage's text."""

    window: Window
    span: Span
    sentences: Span
    clues: Clues

    @property
    def quote(self) -> str:
        """The characters of the span."""
        return self.window.passage.text[self.span.start : self.span.end]

    def cite(self, score: float) -> Citation:
        """Return the citation of the finding."""
        return Citation(self.window.passage, *self.span, *self.sentences, score)


def finding(
    asked: Asked, window: Window, scored: ScoredSpan, best: float, segmenter: Segmenter
) -> Finding:
    """Return what a span of `window` is worth; `best` is the highest fused score of all windows."""
    shift = window.span.start
    span = Span(scored.span.start + shift, scored.span.end + shift)
    around = window.sentences_around(span)
    said = window.passage.text[around.start : around.end]
    fits = asked.kind is Kind.OTHER or holds(asked.kind, Evidence.of(asked.text, said, segmenter))
    told = normalize("\n".join((*window.passage.context, window.passage.text)))
    wanted, named = asked.years, years("\n".join((*window.passage.context, said)))
    return Finding(
        window,
        span,
        around,
        Clues(
            margin=scored.margin,
            lead=window.sentence.score - best,
            similarity=window.sentence.similarity,
            fits=float(fits),
            numbers=_share(asked.numbers, frozenset(_NUMBER.findall(told))),
            names=sum(name in told for name in asked.names) / (len(asked.names) or 1)
            if asked.names
            else 1.0,
            year=_share(wanted, named),
            other_year=float(bool(wanted and named and not wanted & named)),
            coverage=_share(asked.pairs, frozenset(bigrams(told))),
        ),
    )


def _share(wanted: frozenset[object], there: frozenset[object]) -> float:
    """How much of what is wanted is there; all of nothing."""
    return len(wanted & there) / len(wanted) if wanted else 1.0
