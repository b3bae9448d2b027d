"""The marks that open lines of Chinese reports: 第一章, 附件一, 一、 （一） 1. 1.1 (1) 1) ①, #."""

import re
from dataclasses import dataclass
from itertools import islice

from corpus.text import HAN, lines, normalize, trimmed
from corpus.types import Span

_ORDINAL = "[一二三四五六七八九十百零〇两]+"
_ANY_ORDINAL = rf"(?:{_ORDINAL}|\d{{1,3}})"
_MAGNITUDE = "年月日时号亿万千百元倍个版"  # 10 月 28 日 and 3.7亿千瓦 open no section

ANNEX, DIVISION, ARTICLE, HAN_NUMBER = 1.0, 4.0, 5.0, 6.0
_MARKS: tuple[tuple[float, str], ...] = (
    # outermost kind first: a heading nests in the last heading of an outer kind
    (ANNEX, rf"附[件录表]?\s*(?:[:、]|\s|$)|附[件录表]\s*(?:{_ANY_ORDINAL}|[a-z](?![a-z]))[:、.]?"),
    (2.0, rf"第\s*{_ANY_ORDINAL}\s*(?:部分|[编篇卷])[:、]?"),
    (3.0, rf"第\s*{_ANY_ORDINAL}\s*章[:、]?"),
    (DIVISION, rf"第\s*{_ANY_ORDINAL}\s*节[:、]?"),
    (ARTICLE, rf"第\s*{_ANY_ORDINAL}\s*条(?:之{_ORDINAL})?(?:[:、]|\s|$|(?=[(【]))"),
    (5.5, r"[壹贰叁参肆伍陆柒捌玖拾]+\s*、"),
    (HAN_NUMBER, rf"{_ORDINAL}\s*(?:[、,]|\.(?!\d))"),
    (7.0, rf"\(\s*{_ORDINAL}\s*\)[、.]?|[㈠-㈩]"),
    (8.0, rf"\d{{1,3}}(?:[.、](?!\d)|\s(?=[{HAN}])(?![{_MAGNITUDE}]))|[⒈-⒛]"),
    (8.1, rf"\d{{1,2}}\.\d{{1,2}}(?:[.、](?!\d)|\s|(?=[{HAN}])(?![{_MAGNITUDE}]))"),
    (8.2, rf"\d{{1,2}}(?:\.\d{{1,2}}){{2,3}}(?:[.、](?!\d)|\s|(?=[{HAN}]))"),
    (9.0, r"\(\s*\d{1,3}\s*\)[、.]?|[⑴-⒇]"),
    (10.0, r"\d{1,3}\)"),
    (11.0, "[①-⑳㉑-㉟]"),
)
_MARK_PATTERNS = tuple((rank, re.compile(rf"【?(?:{pattern})\s*")) for rank, pattern in _MARKS)
_FIRST = re.compile(r"\D{0,2}(?:[一壹]|1(?!\d))")
_MARKDOWN = re.compile(r"(#{1,6})\s+(?=\S)")
_MARKDOWN_RANK = -6.0  # and one more for each #, so that all are outside every Chinese mark


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank, without the white space around it, and the mark it opens with.

    `rank` says how far out the mark's kind is (smaller is outer), None without a mark; `mark` is
    its length with the white space after it; `plain` is the normalised line.
    """

    span: Span
    plain: str
    rank: float | None = None
    mark: int = 0

    @property
    def name(self) -> str:
        """What follows the mark, normalised."""
        return self.plain[self.mark :]

    @property
    def is_first(self) -> bool:
        """Whether the mark counts from one: 一、 （一） 1. 第一章"""
        return _FIRST.match(self.plain[: self.mark]) is not None

    @property
    def is_markdown(self) -> bool:
        """Whether the mark is one of markdown's: #, ##, ..."""
        return self.rank is not None and self.rank <= 0


def marked_lines(text: str, most: int | None = None) -> list[Line]:
    """Return the lines of `text` that are not blank, in order, with their marks; `most` at most."""
    spans = (trimmed(text, span) for span in lines(text))
    filled = (span for span in spans if span.start < span.end)
    return [_marked(text, span) for span in islice(filled, most)]


def _marked(text: str, span: Span) -> Line:
    plain = normalize(text[span.start : span.end])
    markdown = _MARKDOWN.match(plain)
    if markdown:
        return Line(span, plain, _MARKDOWN_RANK + len(markdown[1]), markdown.end())
    for rank, pattern in _MARK_PATTERNS:
        match = pattern.match(plain)
        if match:
            return Line(span, plain, rank, match.end())
    return Line(span, plain)
