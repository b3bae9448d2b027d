"""Where a quote begins and ends: at words, outside punctuation, with both marks of a pair."""

from collections.abc import Iterable, Mapping

from corpus.text import Word
from corpus.types import Span
from qa.evidence import trimmed

_MATES: Mapping[str, str] = {
    "（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "『": "』", "【": "】", "[": "]",
}  # fmt: skip
_FAR = 16  # characters to the other mark of a pair; one further off is left where it is


def neat(text: str, words: Iterable[Word], span: Span) -> Span:
    """Return `span` of `text` with whole words, and without punctuation at its ends.

    Tokens of a model do not end where words do. A bracket or quotation mark whose mate stands near
    brings it along. `words` are those of `text`; a span of nothing but punctuation stays.
    """
    whole = trimmed(text, _paired(text, _worded(words, span)))
    return whole if whole.start < whole.end else span


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
