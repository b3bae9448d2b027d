"""Documents cut into passages, the unit that is found, shown and cited."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.marks import HAN_NUMBER, Line, marked_lines
from corpus.outline import Heading, headings, headings_at, nested, title_line
from corpus.text import sentences, trimmed
from corpus.types import Document, Passage, Section, Span

_LIMIT = 500  # characters; nearly all paragraphs of the reports read are shorter
_SHORT = 60  # characters of a line that may be one item of a list or one line of an address
_SHORT_LEAD = 30  # characters of a lead-in that says nothing by itself, such as 各位代表：
_FULL_STOP = re.compile(r"[。!?….][\"')》]*$")  # of a normalised line
_COLUMNS = re.compile(r"^\||\S\s*\|\s*\S|\S(?:\t|\s{2,})\S")
_BULLET = re.compile(r"[-*+•●◆■▪]\s*|--")
_NO_LEVEL = 1000  # of a line without a heading: inside every section
_AFTER_COMMA = re.compile(r"(?<=[，,、；;：:])")


def split(document: Document, limit: int = _LIMIT) -> list[Passage]:
    """Return the passages of `document` in order; together they hold all of it but white space.

    A passage is a paragraph. Lines that say little alone are joined to what they belong to: the
    title and headings lead the first paragraph under them (so they can be found and cited, yet no
    bare heading crowds a search; one with nothing under it stands alone); the rows of a table, and
    the short lines of a list with the line that introduces them, stay together while they fit in
    `limit` characters.

    What is longer than `limit` is sliced between sentences; a sentence is cut, at commas, only if
    it is longer than two limits. `document.text[start:end]` is the passage without the white space
    around it; `headings` are those above its paragraph, a run-in heading of its own included; the
    id is the document's id and a number from 1: report:0001.
    """
    text = document.text
    marked = marked_lines(text)
    found = headings(marked)
    sections = nested(text, marked, found)
    passages: list[Passage] = []
    for block in _blocks(_rows(marked, found, sections), limit):
        body = next((row for row in block if not row.is_heading), block[-1])
        path = headings_at(sections, body.line.span.start)
        for span in _slices(text, Span(block[0].line.span.start, block[-1].line.span.end), limit):
            name = f"{document.id}:{len(passages) + 1:04d}"
            passages.append(Passage(name, document, span.start, span.end, path))
    return passages


@dataclass(frozen=True, slots=True)
class _Row:
    """A line with the level of the heading on it: 0 for the title, `_NO_LEVEL` without one."""

    line: Line
    level: int
    run_in: bool

    @property
    def has_heading(self) -> bool:
        return self.level < _NO_LEVEL

    @property
    def is_heading(self) -> bool:
        """Whether there is nothing but the heading, or the title, on the line."""
        return self.has_heading and not self.run_in

    @property
    def is_sentence(self) -> bool:
        return _FULL_STOP.search(self.line.plain) is not None

    @property
    def is_small(self) -> bool:
        """Whether it is short, or a table's row."""
        is_row = not self.is_sentence and _COLUMNS.search(self.line.plain)
        return len(self.line.plain) <= _SHORT or bool(is_row)

    @property
    def introduces(self) -> bool:
        return self.line.plain.endswith(":")

    @property
    def leads(self) -> bool:
        """Whether it says little without the next line: the title, a heading, 各位代表："""
        return self.is_heading or (self.introduces and len(self.line.plain) <= _SHORT_LEAD)

    @property
    def starts_section(self) -> bool:
        """Whether it starts something new; 1.气候因素。退水过早。 may be an item of a list."""
        is_item = self.run_in and self.is_small and (self.line.rank or 0) > HAN_NUMBER
        return self.has_heading and not is_item


def _rows(
    marked: Sequence[Line], found: Sequence[Heading | None], sections: Sequence[Section]
) -> Iterator[_Row]:
    levels = {section.start: section.level for section in sections}
    first = title_line(marked, found)
    for line, heading in zip(marked, found, strict=True):
        level = 0 if line is first else levels.get(line.span.start, _NO_LEVEL)
        yield _Row(line, level, heading is not None and heading.run_in)


def _blocks(rows: Iterable[_Row], limit: int) -> list[list[_Row]]:
    """Return the rows in groups that belong together, each the matter of one passage."""
    blocks: list[list[_Row]] = []
    for row in rows:
        if blocks and _belongs(row, blocks[-1], limit):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _belongs(row: _Row, block: Sequence[_Row], limit: int) -> bool:
    """Whether the row is led by the block before it, or is another line of its list or table."""
    last = block[-1]
    if last.is_heading:
        return last.level < row.level
    if row.starts_section:
        return False
    if last.leads:
        return True
    if not row.is_small or row.line.span.end - block[0].line.span.start > limit:
        return False
    if last.introduces or (not (row.has_heading or last.is_sentence) and last.is_small):
        return True
    return any(other.introduces for other in block) and _are_items(last.line, row.line)


def _are_items(line: Line, following: Line) -> bool:
    """Whether two lines have the same kind of mark: （一） and （二）, or two bullets."""
    if line.rank is not None:
        return line.rank == following.rank
    bullet = _BULLET.match(line.plain)
    return bullet is not None and following.plain.startswith(bullet[0])


def _slices(text: str, span: Span, limit: int) -> list[Span]:
    """Return the span, or slices of it between sentences that are about equally long."""
    length = span.end - span.start
    goal = length / math.ceil(length / limit)
    cuts, end = [span.start], span.start
    for piece in _pieces(text, span, limit):
        if end > cuts[-1] and (piece.end - cuts[-1] > limit or end - cuts[-1] >= goal):
            cuts.append(end)
        end = piece.end
    slices = (trimmed(text, Span(*bounds)) for bounds in pairwise([*cuts, span.end]))
    return [part for part in slices if part.start < part.end]


def _pieces(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Yield the sentences of the span, those longer than two limits in parts."""
    for sentence in sentences(text[span.start : span.end]):
        piece = Span(span.start + sentence.start, span.start + sentence.end)
        if sentence.end - sentence.start > 2 * limit:
            yield from _clauses(text, piece, limit)
        else:
            yield piece


def _clauses(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Yield the span cut after its commas; a run without any is cut every `limit` characters."""
    start = span.start
    for clause in _AFTER_COMMA.split(text[span.start : span.end]):
        end = start + len(clause)
        for cut in range(start, end, limit):
            yield Span(cut, min(cut + limit, end))
        start = end
