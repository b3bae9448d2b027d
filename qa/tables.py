"""The cell of a table's row that a question asks for.

Tables are lines with bars, as Markdown has them, with or without bars at the ends. Others (tabs,
full-width bars) are read as any text is.
"""

import re
from collections.abc import Sequence

from corpus.text import bigrams, normalize
from corpus.types import Span

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:]*-{3}[\s|:-]*")  # | --- | :-: |
_BRACKETED = re.compile(r"\(.*?\)|\s")  # of a heading: its unit


def cell_asked(text: str, question: str, span: Span) -> Span:
    """Return the cell of `text` that is asked for, where `span` runs over several of one row.

    It is the one in the column that the question names, or whose heading has most of its words; it
    may lie beside `span`. The first column, which labels the rows, is never it. `span` stays where
    it lies outside a table or in one cell, where no column or more than one is asked for, and where
    the cell is empty or said by the question. `question` is normalised.
    """
    row = _line(text, span.start)
    if "|" not in text[span.start : span.end] or span.end > row.end or _is_rule(text, row):
        return span
    cells, headings = _cells(text, row), _cells(text, _head(text, row))
    quoted = [c for c in cells if c.start < min(c.end, span.end) and span.start < c.end]
    if len(quoted) < 2 or len(cells) != len(headings):
        return span
    column = _column([normalize(text[h.start : h.end]) for h in headings], question)
    said = normalize(text[cells[column].start : cells[column].end])
    return span if not column or said in question else cells[column]


def _column(headings: Sequence[str], question: str) -> int:
    """The number of the column that is asked for; 0, the rows' labels, where none or two are."""
    asked, plain = set(bigrams(question)), _BRACKETED.sub("", question)
    names = [_BRACKETED.sub("", heading) for heading in headings]
    named = [n for n, name in enumerate(names) if n and name and name in plain]
    if named:
        longest = max(named, key=lambda n: len(names[n]))
        return longest if all(names[n] in names[longest] for n in named) else 0
    shared = [len(asked.intersection(bigrams(name))) * (n > 0) for n, name in enumerate(names)]
    most = max(shared)
    return shared.index(most) if most and shared.count(most) == 1 else 0


def _head(text: str, row: Span) -> Span:
    """The first line of the table that the line `row` is of."""
    head = row
    while head.start and "|" in text[slice(*(above := _line(text, head.start - 1)))]:
        head = above
    return head


def _line(text: str, position: int) -> Span:
    """The line around `position`, without its line feed."""
    end = text.find("\n", position)
    return Span(text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end)


def _is_rule(text: str, line: Span) -> bool:
    """Whether the line is the one of dashes under the headings."""
    return _RULE.fullmatch(text, line.start, line.end) is not None


def _cells(text: str, line: Span) -> list[Span]:
    """The cells of a row without white space at their ends; what is outside outer bars is none."""
    bars = [bar.start() for bar in _BAR.finditer(text, *line)]
    pieces = [
        _stripped(text, Span(start, end))
        for start, end in zip([line.start, *(b + 1 for b in bars)], [*bars, line.end], strict=True)
    ]
    first = pieces[0].start == pieces[0].end
    last = pieces[-1].start == pieces[-1].end
    return pieces[first : len(pieces) - last]


def _stripped(text: str, span: Span) -> Span:
    """`span` without the white space at its ends; empty, at its start, where there is no more."""
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip()) if inside.strip() else span.start
    return Span(start, start + len(inside.strip()))
