"""The cell of a table's row that a question asks for."""

import re

from corpus.text import bigrams
from corpus.types import Span

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^|\s](?:[^|\n]*[^|\s])?")
_RULE = re.compile(r"[\s|:-]+")  # | --- | --- |


def cell_asked(text: str, question: str, span: Span) -> Span:
    """Return the cell of `text` that is asked for, where `span` runs over several of one row.

    It is the one whose column is headed by the most of the question's words. A span outside a
    table, in one cell, or over columns that the question does not tell apart stays as it is.
    """
    if len(_cells(text, span)) < 2 or "\n" in text[span.start : span.end]:
        return span
    rows = _rows_to(text, span.start)
    headings, cells = _cells(text, rows[0]), _cells(text, rows[-1])
    if len(cells) != len(headings):
        return span
    asked = set(bigrams(question))
    said = [len(asked.intersection(bigrams(text[h.start : h.end]))) for h in headings]
    return cells[said.index(max(said))] if said.count(max(said)) == 1 else span


def _rows_to(text: str, position: int) -> list[Span]:
    """The lines of the table around `position`, from its head to the one with `position`."""
    rows: list[Span] = []
    for line in _LINE.finditer(text):
        if line.start() > position:
            break
        if "|" not in line[0]:
            rows = []
        elif not _RULE.fullmatch(line[0]):
            rows.append(Span(*line.span()))
    return rows


def _cells(text: str, line: Span) -> list[Span]:
    """The cells of a row, without the white space at their ends; empty ones are left out."""
    if "|" not in text[line.start : line.end]:
        return []
    return [Span(*cell.span()) for cell in _CELL.finditer(text, line.start, line.end)]
