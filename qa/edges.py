"""Where a quote begins and ends: at words, outside punctuation, in the clause that is asked for."""

import re
from collections.abc import Iterable, Mapping

from corpus.text import Word
from corpus.types import Span
from qa.evidence import trimmed

_MATES: Mapping[str, str] = {
    "（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "『": "』", "【": "】", "[": "]",
}  # fmt: skip
_ITEM = re.compile(  # what numbers an item: 1. 2、 （三） 四、; not the 一 of 一、二号线
    r"(?:\d{1,2}[.．、]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)])"
    r"\s*(?![\d\s一二三四五六七八九十])"
)
_BREAKS = "\n。；;：:！？"  # what stands before the number of an item
_CLAUSE = re.compile(r"(?:[^，,；;。\n]|(?<=\d),(?=\d{3}))+")
_FAR = 16  # characters to the other mark of a pair; one further off is left where it is


def clause_asked(text: str, span: Span, question: str, told: re.Pattern[str]) -> Span:
    """Return the clause of `span` that has the most characters of the question, digits aside.

    The first one counts with what stands before `span` in it. Clauses without what matches `told`
    are left out; where none is left, `span` stays. All texts are normalised.
    """
    wanted = {character for character in question if not character.isdigit()}
    found = [
        (len(wanted.intersection(clause[0])), Span(start, end))
        for clause in _CLAUSE.finditer(text)
        if (start := max(clause.start(), span.start)) < (end := min(clause.end(), span.end))
        and told.search(text, start, end)
    ]
    return max(found, key=lambda pair: pair[0], default=(0, span))[1]


def neat(text: str, words: Iterable[Word], span: Span) -> Span:
    """Return `span` of `text` with whole words, and without punctuation at its ends.

    Tokens of a model do not end where words do. A bracket or quotation mark whose mate stands near
    brings it along; the number of a list's item stays behind. `words` are those of `text`; a span
    of nothing but punctuation stays.
    """
    whole = trimmed(text, _unnumbered(text, _paired(text, _worded(words, span))))
    return whole if whole.start < whole.end else span


def _unnumbered(text: str, span: Span) -> Span:
    """Without the number of the item that it begins with."""
    begins = span.start == 0 or text[span.start - 1] in _BREAKS
    item = _ITEM.match(text, span.start, span.end) if begins else None
    return Span(item.end(), span.end) if item else span


def _worded(words: Iterable[Word], span: Span) -> Span:
    """From the start of the word that the span begins in to the end of the one it ends in."""
    start, end = span
    for word in words:
        if word.start < span.start < word.end:
            start = word.start
        if word.start < span.end < word.end:
            end = word.end
    return Span(start, end)


def _paired(text: str, span: Span) -> Span:
    """With the near mates of the marks in it that have lost theirs."""
    start, end = span
    inside = text[start:end]
    for opening, closing in _MATES.items():
        missing = inside.count(opening) - inside.count(closing)
        if missing > 0 and (at := text.find(closing, end, end + _FAR)) >= 0:
            end = at + 1
        if missing < 0 and (at := text.rfind(opening, max(0, start - _FAR), start)) >= 0:
            start = at
    return Span(start, end)
