"""Names beside their short forms: 世界灯塔联合会（WFL）, WFL（世界灯塔联合会）, 某会（简称灯联）"""

import re
from collections.abc import Iterator

from corpus.text import HAN
from corpus.types import Span
from qa.evidence import Evidence

_LATIN = r"[a-z][a-z0-9.-]{1,14}"
_NAME = rf"[{HAN}、·]{{3,30}}"
_PAIR = re.compile(
    rf"(?P<name>{_NAME})\s?\(\s?"
    rf"(?:(?:以下|下)?[简统]?称:?\"?(?P<called>[{HAN}a-z0-9.-]{{2,12}})\"?"
    rf"|(?P<short>{_LATIN})(?:[,;][^()]*)?)\s?\)"
    rf"|(?<![a-z0-9])(?P<before>{_LATIN})\s?\(\s?(?P<long>{_NAME})\s?\)"
)
_LEADS_IN = re.compile(
    r".*(?:加入|参加|参与|成立|组建|建立|设立|发起|隶属|作为|称为|出席|[是为由与和及向在于的请经])(?=.{3})"
)
_ASKS_SHORT = re.compile(r"缩写|简称|英文")


def short_forms(evidence: Evidence) -> Iterator[Span]:
    """Yield the names whose short form the question has; the short forms where it asks for them."""
    for match in _PAIR.finditer(evidence.normalized):
        name = _named(evidence, Span(*match.span("name" if match["name"] else "long")))
        group = next(g for g in ("called", "short", "before") if match[g])
        if _says(evidence.question, match[group]):
            yield name
        elif _ASKS_SHORT.search(evidence.question) and _of(evidence, name) in evidence.question:
            yield Span(*match.span(group))


def _named(evidence: Evidence, run: Span) -> Span:
    """The name at the end of a run of characters, without what leads to it: 加入, 由."""
    lead = _LEADS_IN.match(evidence.normalized, run.start, run.end)
    return Span(lead.end(), run.end) if lead else run


def _of(evidence: Evidence, span: Span) -> str:
    return evidence.normalized[span.start : span.end]


def _says(question: str, short: str) -> bool:
    """Whether the short form stands in the question, and not within another word."""
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(short)}(?![a-z0-9])", question))
