"""Years as reports and questions write them: 2025年, 二〇二五年, 25年, FY2025."""

import re
from collections.abc import Sequence

from corpus.text import normalize

_NUMERALS = "〇一二三四五六七八九"
_DIGIT = {character: str(value) for value, character in enumerate(_NUMERALS)} | {
    "零": "0",
    "○": "0",
}
_WRITTEN = re.compile(
    r"(?<![〇零○一二三四五六七八九十百])"
    r"([一二][〇零○一二三四五六七八九]{3}|[〇零○一二][〇零○一二三四五六七八九])(?=年(?!级))"
)
_SHORT = re.compile(  # no duration: 延长30年, 过去10年, 近20年来, 10年期
    r"(?<![\d.第近约过去续长满超达逾每时])(\d\d)(?=年(?![以之]?[前后内来间级期制代]))"
)
_FULL = re.compile(  # no amount: 2000余位, 1928.6万, 2000米
    r"(?<!\d)(?:19|20)\d\d"
    r"(?!\d|\.\d|[,，]\d{3}(?!\d)|\s?(?:[万亿多余人名位个元米吨件家户次台辆套亩张份所座场项例篇]|公里|平方|千瓦))"
)
_NEXT = re.compile(r"[明来次下]年|下一年|今后一年|新的一年")
_LAST = re.compile(r"[去上]年|[上前]一年")
_THIS_CENTURY = 50  # 49年 is 2049, 50年 is 1950: reports look back further than ahead


def with_full_years(question: str) -> str:
    """Return `question` with 24年 and 二四年 written 2024年, so that they match what reports say.

    二〇二四年 becomes 2024年 too. Durations such as 10年内 and 十五年 are left alone. Lengths
    change: this is for questions, which nobody cites, never for documents.
    """
    digits = _WRITTEN.sub(lambda match: "".join(_DIGIT[c] for c in match[1]), question)
    return _SHORT.sub(lambda match: _with_century(match[1]), digits)


def years(text: str) -> frozenset[int]:
    """Return the years that `text` names in full, in digits or numerals."""
    normalized = normalize(text)
    written = (match[1] for match in _WRITTEN.finditer(normalized) if len(match[1]) == 4)
    numerals = {int("".join(_DIGIT[c] for c in year)) for year in written}
    return frozenset(numerals | {int(match[0]) for match in _FULL.finditer(normalized)})


def told_years(above: Sequence[str], said: Sequence[str]) -> list[frozenset[int]]:
    """Return for each sentence of a passage the years that it speaks of.

    These are the years that it names, those of the last sentence before it that names any, and
    those of the innermost heading that does, or else of the title; and where it or a heading says
    去年 or 明年, the year before or after the latter. `above` is the title and the headings, the
    outermost first; `said` are the passage's sentences in order.
    """
    base = next(filter(None, (years(heading) for heading in reversed(above))), frozenset[int]())
    headings, carried, told = "\n".join(above), frozenset[int](), []
    for sentence in said:
        named = years(sentence)
        told.append(named | carried | base | _beside(base, f"{headings}\n{sentence}"))
        carried = named or carried
    return told


def _beside(base: frozenset[int], text: str) -> frozenset[int]:
    """The years before and after those of the report that `text` speaks of."""
    text = normalize(text)
    after = {year + 1 for year in base} if _NEXT.search(text) else set()
    before = {year - 1 for year in base} if _LAST.search(text) else set()
    return frozenset(after | before)


def _with_century(short: str) -> str:
    """Two digits as a year of this century or the last."""
    return f"{20 if int(short) < _THIS_CENTURY else 19}{short}"
