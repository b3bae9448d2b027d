"""What could answer each kind of question inside one sentence, by pattern and part of speech.

Offsets are those of the sentence. Patterns see the sentence as it stands, so both widths of a
punctuation mark are named where they matter.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from corpus.text import Word
from corpus.types import Span
from qa.evidence import Evidence
from qa.kinds import Kind

Candidates = Callable[[Evidence], Iterator[Span]]

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMERAL = "[一二两三四五六七八九十百千万亿]+"
_UNIT = (
    "个百分点|(?:微|毫)?克/立方米|平方公里|平方千米|平方米|立方米|千瓦时|人次|公顷|公里|千米|毫米|厘米|公斤"
    "|千克|千瓦|分钟|小时|个月|周年|周岁|学时|课时|学分|米|吨|克|斤|元|人|名|位|个|项|件|部|次|家|户|所|座|条|种"
    "|类|届|场|份|篇|册|本|张|台|辆|艘|架|套|间|栋|幢|亩|度|倍|成|岁|年|月|天|日|期|批|支|只|头|株|棵|处|门|组|轮"
    "|分|秒|起|例|床|句|字|页|集|路|站|班|车|箱|瓶|盒|颗|层|股|级|章|节|款|点"
)
NUMBER = re.compile(
    rf"第(?:{_NUMERAL}|\d+)(?:{_UNIT})?"
    rf"|{_DIGITS}(?:[-—~至]{_DIGITS})?[多余几]?(?:[%％‰]|[十百千万亿]*[多余]?(?:{_UNIT})?)"
    rf"|百分之{_NUMERAL}|{_NUMERAL}[多余几]?(?:{_UNIT})"
)
_DAY = r"\d{1,2}\s?(?:[-—~至到]\s?(?:\d{1,2}\s?月\s?)?\d{1,2}\s?)?[日号](?:[上下]午)?"
_MONTH = r"(?:\d{1,2}|十?[一二三四五六七八九十])\s?月(?!度)"
_YEAR = r"(?:(?:19|20)\d{2}|[一二][〇零○一二三四五六七八九]{3})\s?年"
TIME = re.compile(
    rf"(?:{_YEAR}\s?)?{_MONTH}\s?(?:{_DAY}|[上中下]旬|[底初末]|[一二三四五六七八九十]{{1,3}}日)?"
    rf"|{_YEAR}(?:[上下]半年|第?[一二三四1-4]季度|[底初末]|[春夏秋冬]季?)?"
    rf"|{_DAY}|每?(?:周|星期)[一二三四五六日天]|\d{{1,2}}[:时]\d{{0,2}}|(?:19|20)\d{{2}}(?:-\d{{1,2}}){{0,2}}"
)
_FOREIGN_NAME = re.compile(
    r"[A-Z][A-Za-z'’.-]+(?:[ -][A-Z][A-Za-z'’.-]*)+|[\u4e00-\u9fff]{1,6}(?:[·•][\u4e00-\u9fff]{1,7})+"
)
_ORGANIZATION_END = re.compile(
    r"(?:公司|集团|大学|学院|医院|委员会|局|厅|中心|协会|学会|促进会|研究所|研究院|银行|机构|组织|单位|政府|基金"
    r"|企业|学校|中学|小学|办公室|联盟|工会|合作社|社|署|院|馆|队|处|部门|会)$"
)
_PLACE_END = re.compile(
    r"(?:省|市|县|区|州|镇|乡|村|街道|路|国|岛|山|河|湖|港|园|馆|厅|广场|学校|大学|医院|社区|地区|基地|大桥|酒店)$"
)
_REASON = re.compile(
    r"因为|由于|(?<!原)因(?![此而地素子])|为了|旨在|以便|目的(?:是|在于)|原因(?:是|在于|：)|鉴于|考虑到?|适应|得益于|受(?!理)|为(?=[^，,。；;]{4,30}[，,])"
)
_MANNER = re.compile(r"通过|采取|采用|利用|依托|借助|运用|按照|以(?=[^，,。；;]{2,24}(?:方式|形式|办法|手段))")
_DEFINITION = re.compile(r"是指|指的是|定义为|是(?!否|不)|即|指|为|：")
_CLAUSE = re.compile(r"[^，,。；;！!？?]+[，,。；;！!？?]*")
_PART = re.compile(r"[^。！!？?]+")
_ENUMERATION = re.compile(r"[^，,。；;：:！!？?]*、[^，,。；;：:！!？?]*(?:，(?:以及|和|及)[^，,。；;]*)?")
_LEAD_IN = re.compile(
    r".*?(?:包括|包含|涵盖|分别[为是]|主要[有是为]|[有是为即对给向将把](?!关|限|效|机|序|力))(?=[^、]{1,24}、)"
)
_TAIL = re.compile(r"(?:等(?:[^、等]{0,8})?)$")


def clauses(evidence: Evidence) -> Iterator[Span]:
    """Yield what stands between commas and stops."""
    return (Span(*match.span()) for match in _CLAUSE.finditer(evidence.text))


def _matches(pattern: re.Pattern[str]) -> Candidates:
    """All places where `pattern` matches."""
    return lambda evidence: (Span(*match.span()) for match in pattern.finditer(evidence.text))


def _numbers(evidence: Evidence) -> Iterator[Span]:
    """Numbers with their units, those of dates left out."""
    dates = [Span(*match.span()) for match in TIME.finditer(evidence.text)]
    for match in NUMBER.finditer(evidence.text):
        if not any(date.start <= match.start() < date.end for date in dates):
            yield Span(*match.span())


def _people(evidence: Evidence) -> Iterator[Span]:
    """Names: foreign ones by their form, others by jieba's tag nr."""
    foreign = [Span(*match.span()) for match in _FOREIGN_NAME.finditer(evidence.text)]
    yield from foreign
    for word in evidence.words:
        inside = any(name.start <= word.start < name.end for name in foreign)
        if word.tag.startswith("nr") and len(word.text) > 1 and not inside:
            yield Span(word.start, word.end)


def _places(evidence: Evidence) -> Iterator[Span]:
    """Runs of place names and of nouns that end like one."""
    for run in _runs(evidence.words, ("n", "s", "j", "eng", "m")):
        for end in range(len(run), 0, -1):
            last = run[end - 1]
            if last.tag in ("ns", "s") or _PLACE_END.search(last.text):
                yield Span(run[0].start, last.end)
                break


def _organizations(evidence: Evidence) -> Iterator[Span]:
    """Runs of nouns that end like the name of an organisation."""
    for run in _runs(evidence.words, ("n", "j", "vn", "eng", "b", "l", "s")):
        for end in range(len(run), 0, -1):
            if run[end - 1].tag == "nt" or _ORGANIZATION_END.search(run[end - 1].text):
                yield Span(run[0].start, run[end - 1].end)
                break


def _runs(words: Sequence[Word], tags: tuple[str, ...]) -> Iterator[list[Word]]:
    """Yield the longest stretches of words whose tags begin so."""
    for wanted, run in groupby(words, key=lambda word: word.tag.startswith(tags)):
        if wanted:
            yield list(run)


def _enumerations(evidence: Evidence) -> Iterator[Span]:
    """Enumerations by 、, without what introduces them."""
    for match in _ENUMERATION.finditer(evidence.text):
        lead = _LEAD_IN.match(match[0])
        yield Span(match.start() + (lead.end() if lead else 0), match.end())


def _from_cue(cue: re.Pattern[str]) -> Candidates:
    """From a cue word to the end of its clause."""

    def candidates(evidence: Evidence) -> Iterator[Span]:
        for clause in clauses(evidence):
            if match := cue.search(evidence.text, clause.start, clause.end):
                yield Span(match.start(), clause.end)

    return candidates


def _after_cue(cue: re.Pattern[str]) -> Candidates:
    """From behind a cue word to the end of the sentence."""

    def candidates(evidence: Evidence) -> Iterator[Span]:
        for part in _PART.finditer(evidence.text):
            if match := cue.search(evidence.text, part.start(), part.end()):
                yield Span(match.end(), part.end())

    return candidates


def _nothing(_: Evidence) -> Iterator[Span]:
    """No candidates: the kind is not known."""
    return iter(())


CANDIDATES: Mapping[Kind, Candidates] = {
    Kind.PERSON: _people,
    Kind.PLACE: _places,
    Kind.TIME: _matches(TIME),
    Kind.NUMBER: _numbers,
    Kind.LIST: _enumerations,
    Kind.REASON: _from_cue(_REASON),
    Kind.MANNER: _from_cue(_MANNER),
    Kind.DEFINITION: _after_cue(_DEFINITION),
    Kind.ORGANIZATION: _organizations,
    Kind.OTHER: _nothing,
}
