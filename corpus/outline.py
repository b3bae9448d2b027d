"""The outline of a Chinese report: which lines are headings, and how they nest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.marks import ANNEX, ARTICLE, DIVISION, HAN_NUMBER, Line, marked_lines
from corpus.text import HAN, sentences
from corpus.types import Section, Span

_LONGEST_TITLE = 80  # characters; a first line that is longer is a paragraph
_LONGEST_HEADING = 40  # characters, mark included; the longest in the reports read has 36
_LONGEST_SENTENCE = 50  # characters of a heading that is a whole sentence, as some reports have
_LONGEST_BARE = 24  # characters of a heading without a mark
_SHORTEST_BODY = 30  # characters of the paragraph that makes the bare line above it a heading

_LEAF = 99.0  # the rank of a preface once it is open: whatever comes next is outside it
_BARE_STEP = 0.05  # a bare heading ranks this much inside the section that it stands in

_NAMES = (
    r"(?:前\s*言|引\s*言|序\s*言|导\s*言|摘\s*要|目\s*录|结\s*语|后\s*记|致\s*谢"
    r"|结束语|重要提示|参考文献|关于本报告|附[件录表]说明|(?:名词|术语|指标)解释)"
)
_NAMED = re.compile(rf"{_NAMES}|【{_NAMES}】")
_NAMED_RUN_IN = re.compile(rf"【{_NAMES}】|{_NAMES}(?=:)")
_ARTICLE_NAME = re.compile(rf"[(【][^()【】]{{1,20}}[)】]|[{HAN}\"]{{2,16}}(?=。.)")
_ANNEX_NAME = re.compile(rf"([^:;。]{{2,{_LONGEST_HEADING}}})[:。]")
_BARE = re.compile(rf"(?!-|[图表]\d)(?=.*[{HAN}].*[{HAN}])[{HAN}a-z0-9\"、·《》+-]+")
_NO_HEADING = re.compile(r"\||\t|\s{2,}|[.·…]{3,}\s*\d*$|[,;、]$")  # rows, contents, list items
_FULL_STOP = re.compile(r"[。!?.][\"')》]*$")


@dataclass(frozen=True, slots=True)
class Heading:
    """The part of a line that is a heading: all of it, or its first words if `run_in`.

    `rank` is the rank of its mark, None for a bare heading. A `leaf`, such as a preface, holds no
    numbered headings: the next one ends it.
    """

    span: Span
    rank: float | None
    run_in: bool = False
    leaf: bool = False


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands next to a line."""

    before: Line | None
    heading_before: Heading | None
    after: Line | None


def title(text: str) -> str | None:
    """Return the first line that is not blank, without markdown's #, if it can be a title.

    None where there is no text, or it starts with a section's heading or with a paragraph.
    """
    marked = marked_lines(text, most=2)  # whether the first is a heading, the second may tell
    line = title_line(marked, headings(marked))
    if line is None:
        return None
    skipped = line.mark if line.is_markdown else 0
    return text[line.span.start + skipped : line.span.end].rstrip("# ")


def title_line(marked: Sequence[Line], found: Sequence[Heading | None]) -> Line | None:
    """Return the line that is the document's title; `found` are the headings of its lines."""
    if not marked or found[0] or len(marked[0].plain) > _LONGEST_TITLE:
        return None
    return marked[0]


def outline(text: str) -> list[Section]:
    """Return the sections of `text` in order of their start; level 1 is the outermost.

    A section opens with a marked line that looks like a heading: 第X编/章/节/条, 附件, 一、 （一）
    1. 1.1 (1) 1) ① or markdown's #. Its heading may also be run in, the first sentence of its
    paragraph （（一）加强领导。各级……）, or bare, a short line between paragraphs. List items and
    numbered paragraphs are no headings, nor is the first line, the title. Levels follow the marks
    that are there, so they have no gaps. A section starts with its heading and ends where the next
    one of its level, or of an outer one, starts.
    """
    marked = marked_lines(text)
    return nested(text, marked, headings(marked))


def headings_at(sections: Sequence[Section], position: int) -> tuple[str, ...]:
    """Return the headings of the sections that hold `position`, outermost first."""
    return tuple(s.heading for s in sections if s.start <= position < s.end)


def headings(marked: Sequence[Line]) -> list[Heading | None]:
    """Return the heading of each of a document's lines in order, None where a line has none."""
    found: list[Heading | None] = []
    for before, line, after in zip([None, *marked], marked, [*marked[1:], None], strict=False):
        around = _Around(before, found[-1] if found else None, after)
        found.append(_heading(line, around))
    return found


def _heading(line: Line, around: _Around) -> Heading | None:
    if around.before is None and (line.is_markdown or line.rank in (None, ANNEX)):
        return None
    if line.rank is None:
        return _named(line) or _bare(line, around)
    if line.is_markdown:
        length = len(line.plain.rstrip("# "))
        return Heading(Span(line.span.start + line.mark, line.span.start + length), line.rank)
    if line.rank == ARTICLE and _FULL_STOP.search(line.plain):
        return _article(line)
    if _is_heading(line, line.rank, around):
        return _opening(line, len(line.plain.rstrip("。")), run_in=False)
    return _run_in(line) or (_annex(line) if line.rank == ANNEX else None)


def _opening(line: Line, length: int, *, run_in: bool = True) -> Heading:
    """Return the first characters of a marked line as its heading."""
    return Heading(Span(line.span.start, line.span.start + length), line.rank, run_in)


def _is_heading(line: Line, rank: float, around: _Around) -> bool:
    """Tell a marked line that is a heading from list items, numbered paragraphs and table rows."""
    if not line.name:
        return rank <= DIVISION  # 附件一 alone on its line
    if len(line.plain) > _LONGEST_SENTENCE or _NO_HEADING.search(line.name):
        return False
    if len(sentences(line.plain)) > 1:
        return False
    sibling_before = around.before is not None and around.before.rank == rank
    sibling_after = around.after is not None and around.after.rank == rank
    has_body = around.after is not None and (around.after.rank is None or around.after.rank > rank)
    if _FULL_STOP.search(line.plain):
        return has_body and not sibling_before and ":" not in line.name
    if len(line.plain) > _LONGEST_HEADING or sibling_after:
        return False
    in_list = sibling_before and around.heading_before is None
    return rank <= HAN_NUMBER or (has_body and not in_list)


def _run_in(line: Line) -> Heading | None:
    """Return the first sentence of a marked paragraph if it reads like a heading."""
    first = sentences(line.plain)[0]
    sentence = line.plain[: first.end].rstrip()
    clause = sentence[line.mark : -1]
    if first.end == len(line.plain) or len(sentence) > _LONGEST_HEADING or not clause:
        return None
    if sentence[-1] not in "。." or clause.count(",") > 1 or ":" in clause:
        return None
    return _opening(line, len(sentence) - 1)


def _article(line: Line) -> Heading:
    """Return 第三条（适用范围）, 第三条 适用范围 or, where the article has no name, 第三条."""
    name = _ARTICLE_NAME.match(line.name)
    mark = line.plain[: line.mark].rstrip()
    return _opening(line, line.mark + name.end() if name else len(mark))


def _annex(line: Line) -> Heading | None:
    """Return the heading of an annex that is all on one line: 附件一：获奖名单：甲、乙。"""
    name = _ANNEX_NAME.match(line.name)
    if name is None or line.plain[line.mark - 1] not in ": 、.":
        return None
    return _opening(line, line.mark + len(name[1]))


def _named(line: Line) -> Heading | None:
    """Return the heading of a part that needs no mark: 前言, 【结语】……, 摘要：……"""
    name = _NAMED.fullmatch(line.plain) or _NAMED_RUN_IN.match(line.plain)
    if name is None:
        return None
    span = Span(line.span.start, line.span.start + name.end())
    return Heading(span, ANNEX, run_in=line.plain[name.end() :] not in ("", ":"), leaf=True)


def _bare(line: Line, around: _Around) -> Heading | None:
    """Return a line without a mark as a heading where it safely is one."""
    before, after = around.before, around.after
    if before is None or after is None or _FULL_STOP.search(line.plain):
        return None
    heading = Heading(line.span, None)
    if around.heading_before and not before.name:  # the name of 附件一 on the next line
        return heading if len(line.plain) <= _LONGEST_HEADING else None
    follows_paragraph = around.heading_before or _FULL_STOP.search(before.plain)
    opens_paragraph = len(after.plain) >= _SHORTEST_BODY and _FULL_STOP.search(after.plain)
    has_body = opens_paragraph or after.plain.endswith(":") or after.is_first
    if not (follows_paragraph and has_body):
        return None
    return heading if len(line.plain) <= _LONGEST_BARE and _BARE.fullmatch(line.plain) else None


def nested(text: str, marked: Sequence[Line], found: Sequence[Heading | None]) -> list[Section]:
    """Return the sections of `text` that the headings `found` of its lines `marked` open."""
    nesting = _Nesting(text)
    for line, heading in zip(marked, found, strict=True):
        if heading:
            nesting.open(line, heading)
        else:
            nesting.end_run_in(line)
    nesting.close(0, len(text))
    return sorted(nesting.sections, key=lambda section: section.start)


class _Nesting:
    """The sections that are open at one line, outermost first, and those that have ended."""

    def __init__(self, text: str) -> None:
        self.sections: list[Section] = []
        self._text = text
        self._opened: list[tuple[float, int, Heading]] = []  # rank, start, heading

    def open(self, line: Line, heading: Heading) -> None:
        """Open a section in the innermost one that is of an outer rank."""
        ranks = [rank for rank, _, _ in self._opened]
        if heading.rank is None:
            depth = self._depth_of_bare()
            rank = ranks[depth - 1] + _BARE_STEP if depth else _BARE_STEP
        else:
            rank = heading.rank
            depth = sum(outer < rank for outer in ranks)
        self.close(depth, line.span.start)
        self._opened.append((_LEAF if heading.leaf else rank, line.span.start, heading))

    def _depth_of_bare(self) -> int:
        """Return how many sections hold a bare heading: not run-in ones, nor another bare one."""
        bare = [depth for depth, (_, _, other) in enumerate(self._opened) if other.rank is None]
        depth = bare[-1] if bare else len(self._opened)
        while depth and self._opened[depth - 1][2].run_in:
            depth -= 1
        return depth

    def end_run_in(self, line: Line) -> None:
        """Close a run-in section at the next paragraph with a mark of the same kind."""
        if self._opened and line.rank is not None:
            rank, _, heading = self._opened[-1]
            if heading.run_in and rank == line.rank:
                self.close(len(self._opened) - 1, line.span.start)

    def close(self, depth: int, end: int) -> None:
        """Close all but the `depth` outermost sections at `end`."""
        while len(self._opened) > depth:
            level = len(self._opened)
            _, start, heading = self._opened.pop()
            name = self._text[heading.span.start : heading.span.end]
            self.sections.append(Section(level, name, start, end))
