"""What the reader found in one window, and what speaks for it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from corpus.text import Segmenter, bigrams, normalize
from corpus.types import Passage, Span
from corpus.years import told_years, with_full_years, years
from qa.edges import clause_asked, neat
from qa.evidence import Evidence, says_something
from qa.kinds import Kind, kind_of
from qa.span_model import ScoredSpan
from qa.spans import holds, says
from qa.tables import cell_asked
from qa.types import Citation
from qa.windows import Window

T = TypeVar("T")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|第[一二三四五六七八九十百]+")
_QUOTED = re.compile(r'"([^"]*)"|《([^《》]*)》')
_QUOTED_LENGTHS = range(2, 21)  # of a name; what is longer is a whole clause
_ONE_CLAUSE = {  # kinds that one clause answers, and what it has
    Kind.NUMBER: re.compile(r"[\d一二两三四五六七八九十百千万]"),
    Kind.TIME: re.compile(r"[\d一二三四五六七八九十]"),
    Kind.PERSON: re.compile(r"\w"),
}
_SEVERAL = re.compile("都|各|分别|些|哪几")  # asks for more than one
_NAMES_A_ROW = (Kind.PERSON, Kind.PLACE, Kind.ORGANIZATION, Kind.LIST)  # not one of its cells
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
        return cls(
            text=text,
            kind=kind_of(question),
            years=years(text),
            numbers=frozenset(_NUMBER.findall(text)),
            names=_names(text, segmenter),
            pairs=frozenset(bigrams(text)),
        )

    def fits(self, evidence: Evidence) -> bool:
        """Whether a sentence says something new of the kind asked for; any does for OTHER."""
        return self.kind is Kind.OTHER or holds(self.kind, evidence)


def _names(text: str, segmenter: Segmenter) -> frozenset[str]:
    """What `text` has in quotes or book-title marks, and what the dictionary knows as a name."""
    quoted = (match[1] or match[2] or "" for match in _QUOTED.finditer(text))
    tagged = (word.text for word in segmenter.tagged(text) if word.tag.startswith(_NAME_TAGS))
    names = {words for words in quoted if len(words) in _QUOTED_LENGTHS}
    return frozenset(names.union(name for name in tagged if len(name) > 1))


@dataclass(frozen=True, slots=True)
class Clues:
    """What speaks for a finding; shares and yes-or-no are 0..1.

    `margin` is the model's, in logits; `lead` the fused score of the sentence the window was chosen
    for, less that of the best sentence (0 or below); `similarity` that sentence's centred cosine.
    `numbers`, `names` and `coverage` are the shares of the question's numbers, names and bigrams
    that stand in the passage or above it, `year` is the share of its years that the sentence speaks
    of, all 1 where the question has none; `other_year` is 1 where the question names years and the
    sentence speaks of others only; `fits` is 1 where it holds the kind of thing asked for,
    `quoted` where the quote itself does, in the unit asked for.
    """

    margin: float
    lead: float
    similarity: float
    fits: float
    quoted: float
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

    @property
    def says_something(self) -> bool:
        """Whether there is a word in it, and not just the title or a heading again."""
        return says_something(self.window.passage, self.quote)

    def overlaps(self, other: "Finding") -> bool:
        """Whether both have a character of the same passage."""
        same = self.window.passage.id == other.window.passage.id
        return same and self.span.start < other.span.end and other.span.start < self.span.end

    def cite(self, score: float) -> Citation:
        """Return the citation of the finding."""
        return Citation(self.window.passage, *self.span, *self.sentences, score)


def findings_in(
    asked: Asked, window: Window, scored: Sequence[ScoredSpan], best: float, segmenter: Segmenter
) -> list[Finding]:
    """Return what spans of `window` are worth; `best` is the highest fused score of all windows."""
    shift, text = window.span.start, window.passage.text
    told = _told(asked, window, best)
    evidence: dict[Span, Evidence] = {}  # two spans often share a sentence, and tagging is slow
    found = []
    for one in scored:
        span = Span(one.span.start + shift, one.span.end + shift)
        around = window.sentences_around(span)
        if around not in evidence:
            evidence[around] = Evidence.of(asked.text, text[around.start : around.end], segmenter)
        quote = _quote(asked, window.passage, _neat(asked, evidence[around], span, around), around)
        inside = Span(quote.start - around.start, quote.end - around.start)
        fit = _fit(asked, evidence[around], inside)
        years_told = _years_told(asked, _years(window, around))
        clues = Clues(margin=one.margin, **fit, **years_told, **told)
        found.append(Finding(window, quote, around, clues))
    return found


def _neat(asked: Asked, evidence: Evidence, span: Span, around: Span) -> Span:
    """A span of the passage with neat ends; it lies in the sentences `around`."""
    inside = Span(span.start - around.start, span.end - around.start)
    if asked.kind in _ONE_CLAUSE and not _SEVERAL.search(asked.text):
        told = _ONE_CLAUSE[asked.kind]
        inside = clause_asked(evidence.normalized, inside, asked.text, told)
    quoted = neat(evidence.text, evidence.words, inside)
    return Span(quoted.start + around.start, quoted.end + around.start)


def _quote(asked: Asked, passage: Passage, span: Span, around: Span) -> Span:
    """`span`, or the cell of its table row that is asked for; it lies in the sentences `around`."""
    if asked.kind in _NAMES_A_ROW:
        return span
    shift = passage.start
    in_document = Span(span.start + shift, span.end + shift)
    cell = cell_asked(passage.document.text, asked.text, in_document)
    inside = Span(cell.start - shift, cell.end - shift)
    return inside if around.start <= inside.start and inside.end <= around.end else span


def _told(asked: Asked, window: Window, best: float) -> dict[str, float]:
    """The clues that all spans of a window share."""
    told = normalize("\n".join((*window.passage.context, window.passage.text)))
    return {
        "lead": window.sentence.score - best,
        "similarity": window.sentence.similarity,
        "numbers": _share(asked.numbers, _NUMBER.findall(told)),
        "names": _share(asked.names, (name for name in asked.names if name in told)),
        "coverage": _share(asked.pairs, bigrams(told)),
    }


def _years(window: Window, around: Span) -> frozenset[int]:
    """The years that the sentences `around` speak of."""
    passage = window.passage
    spans = sorted(one.span for one in window.hit.sentences)
    told = told_years(passage.context, [passage.text[s.start : s.end] for s in spans])
    pairs = zip(spans, told, strict=True)
    return frozenset().union(*(t for s, t in pairs if around.start <= s.start < around.end))


def _fit(asked: Asked, evidence: Evidence, quote: Span) -> dict[str, float]:
    """The clues of the kind asked for, of a quote in the sentences of `evidence`."""
    return {
        "fits": float(asked.fits(evidence)),
        "quoted": float(says(asked.kind, evidence, quote)),
    }


def _years_told(asked: Asked, named: frozenset[int]) -> dict[str, float]:
    """The clues of years, of sentences that speak of the years `named`."""
    return {
        "year": _share(asked.years, named),
        "other_year": float(bool(asked.years and named) and asked.years.isdisjoint(named)),
    }


def _share(wanted: frozenset[T], there: Iterable[T]) -> float:
    """How much of what is wanted is there; all of nothing."""
    return len(wanted.intersection(there)) / len(wanted) if wanted else 1.0
