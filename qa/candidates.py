"""What could answer each kind of question inside one sentence, by pattern and part of speech.

Offsets are those of the sentence. Patterns see the sentence as it stands, so both widths of a
punctuation mark are named where they matter.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from corpus.text import HAN, Word
from corpus.types import Span
from qa.evidence import Evidence
from qa.kinds import Kind
from qa.short_forms import short_forms

Candidates = Callable[[Evidence], Iterator[Span]]

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_NUMERAL = "[一二两三四五六七八九十百千万亿]+"
UNIT = (
    "个百分点|(?:微|毫)?克[/每](?:立方米|升)|平方公里|平方千米|平方米|立方米|千瓦时|人次|户次|公顷|公里|千米|毫米"
    "|厘米|公斤|千克|千瓦|分钟|小时|个月|周年|周岁|学时|课时|学分|米|吨|克|斤|元|人|名|位|个|项|件|部|次"
    "|家|户|所|座|条|种|类|届|场|份|篇|册|本|张|台|辆|艘|架|套|间|栋|幢|亩|度|倍|成|岁|年|月|天|日|期|批|支"
    "|只|头|株|棵|处|门|组|轮|分|秒|起|例|床|句|字|页|集|路|站|班|车|箱|瓶|盒|颗|层|股|级|章|节|款|点|步"
    "|笔|转|副|口|列|枚|根|块|幅"
)
NUMBER = re.compile(
    rf"第(?:{_NUMERAL}|\d+)(?:{UNIT})?"
    rf"|{_DIGITS}(?:[-—~至]{_DIGITS})?[多余几]?(?:[%％‰]|[十百千万亿]*[多余]?(?:{UNIT})?)"
    rf"|百分之{_NUMERAL}|(?<!每)(?!一[批步路级层点起成期年次度支]){_NUMERAL}[多余几]?(?:{UNIT})"
)
_DAY = r"\d{1,2}\s?(?:[日号]?\s?[-—~至到]\s?(?:\d{1,2}\s?月\s?)?\d{1,2}\s?)?[日号](?:[上下]午)?"
_MONTH = r"(?<!\d)(?:\d{1,2}|十?[一二三四五六七八九十])\s?月(?!度)"
_YEAR = r"(?:(?:19|20)\d{2}|[一二][〇零○一二三四五六七八九]{3})\s?年"
_BARE_YEAR = rf"(?<![\d.])(?:19|20)\d{{2}}(?:-\d{{1,2}}){{0,2}}(?![\d.,%％万亿多余]|{UNIT})"
TIME = re.compile(
    rf"(?:{_YEAR}\s?)?{_MONTH}\s?(?:{_DAY}|[上中下]旬|[底初末]|[一二三四五六七八九十]{{1,3}}日)?"
    rf"|{_YEAR}(?:[上下]半年|第?[一二三四1-4]季度|[底初末]|[春夏秋冬]季?)?"
    rf"|{_DAY}|每?(?:周|星期)[一二三四五六日天]|\d{{1,2}}[:时]\d{{0,2}}|{_BARE_YEAR}"
)

_FOREIGN_NAME = re.compile(
    r"[A-Z][A-Za-z'’.-]+(?:[ -][A-Z][A-Za-z'’.-]*)+"
    rf"|(?:(?![长员授任和与由])[{HAN}]){{1,6}}"
    rf"(?:[·•](?:(?!先生|女士|博士|教授|表示|发表|宣布|[和与及等在任说为的])[{HAN}]){{1,7}})+"
)
_SURNAMES = (  # of one character, the commonest first
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝"
    "包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾"
    "尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬"
    "师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚"
)
_SURNAME = (
    f"(?:欧阳|司马|上官|诸葛|闻人|皇甫|尉迟|公孙|慕容|令狐|钟离|宇文|司徒|端木|[{_SURNAMES}])"
)
_TITLE = (
    "(?:[长员]|[程教医律影]师|学生|医生|选手|[愿记学]者|艺人|司机|骑手|主任|书记|教授|总监|经理|主席|秘书"
    "|[院博硕]士|总裁|委员|代表)"
)
_TITLED_NAME = re.compile(
    rf"(?:{_TITLE}[为是由：:]?|由)\s?(?P<name>{_SURNAME}[{HAN}]{{1,2}}?)"
    r"(?=[，,。、；;：:（(“\s]|[任担为在于用的带率牵作说签自被把从对向和与就创获]|主持|负责|表示|出席|介绍"
    r"|先生|女士|同志|教授|$)"
)

_JOINING = "和与及"
_ORGANIZATION_END = re.compile(
    r"(?:公司|集团|大学|学院|委员会|[厅局署处社院馆队会厂店站所科室部]|中心|银行|机构|组织|单位|政府|基金"
    r"|企业|学校|中学|小学|联盟|部门)$"
)
_IN_ORGANIZATIONS = ("n", "j", "vn", "eng", "b", "l", "s", "a")  # jieba's tags inside a name
_IN_PLACES = ("n", "s", "j", "eng", "l", "a", "b")
_SHORTEST_NAME = 4  # characters: 公司 and 中心 name nobody
_PLACE_END = (
    "(?:[省市县区州镇乡村路国岛山河湖港园馆厅宫楼场站桥江海洲段岭峰坝库厂店院地]"
    "|街道|学校|大学|中心|码头)"
)
_ENDS_LIKE_PLACE = re.compile(_PLACE_END + "$")
_ANY_PLACE = re.compile(
    "[全本各区该县市省山场]?[省市县区乡镇村地院馆厂店所站场]|国际|国家|地方|中心"
)
_DESTINATION = re.compile(
    r"(?:[发送前运开]往|抵达|落户|位于|[送迁][到至])(?P<name>[^，,。；;、的\d]{2,20})"
)
_SCENE = re.compile(
    r"[在于](?P<name>[^，,。；;、的在于\d]{2,20}?"
    rf"(?:(?<![后中时间上下前式])(?=举行|召开|举办|开幕|闭幕|揭牌|成立)|{_PLACE_END}(?=[，,。；;]|$)))"
)

_REASON = re.compile(
    r"因为|由于|(?<!原)因(?![此而地素子])|为了|旨在|以便|目的(?:是|在于)|原因(?:是|在于|[：:])|鉴于|考虑到?"
    r"|适应|得益于|受(?!理)|为(?=[^，,。；;]{4,30}[，,])"
)
_MANNER = re.compile(
    r"通过|采取|采用|利用|依托|借助|运用|按照|以(?=[^，,。；;]{2,24}(?:方式|形式|办法|手段))"
)
_DEFINED = re.compile(r"是指|指的是|定义为")
_TOLD = re.compile(
    r"是(?!否|不)|即(?!将|使|可|便)|指(?![数标导挥定示南出引])|(?<![因成作])为(?![了何])|[：:]"
)
_QUOTED = re.compile(r"(?<=[“\"「『])[^“”\"「」『』]{2,40}(?=[”\"」』])|《[^《》]{2,40}》")
_CLAUSE = re.compile(r"[^，,。；;！!？?]+[，,。；;！!？?]*")
_PART = re.compile(r"[^。！!？?]+")
_ENUMERATION = re.compile(
    r"(?<=[为是有])[^，,。；;：:！!？?、和与为是有]{2,20}[和与][^，,。；;：:！!？?、和与]{2,20}(?=[，,。；;]|$)"
    r"|[^，,。；;：:！!？?]*、[^，,。；;：:！!？?]*(?:，(?:以及|和|及)[^，,。；;]*)?"
)
_ANNOUNCED = re.compile(r".*?(?:包括|包含|涵盖|分别[为是])(?=[^、]{1,24}、)")
_LED_IN = re.compile(
    r".*?(?:主要[有是为]|[有是为即对给向将把](?!关|限|效|机|序|力))(?=[^、]{1,24}、)"
)


def clauses(evidence: Evidence) -> Iterator[Span]:
    """Yield what stands between commas and stops."""
    return (Span(*match.span()) for match in _CLAUSE.finditer(evidence.text))


def _first_of(*ways: Candidates) -> Candidates:
    """What the first way finds, of those that find something the question does not say itself."""

    def candidates(evidence: Evidence) -> Iterator[Span]:
        for way in ways:
            if found := [span for span in way(evidence) if not evidence.asked(span)]:
                return iter(found)
        return iter(())

    return candidates


def _all_of(*ways: Candidates) -> Candidates:
    """What any way finds."""
    return lambda evidence: (span for way in ways for span in way(evidence))


def _matches(*patterns: re.Pattern[str]) -> Candidates:
    """All places where one of the patterns matches: its group `name`, or all of it."""
    return lambda evidence: (
        Span(*match.span("name" if "name" in pattern.groupindex else 0))
        for pattern in patterns
        for match in pattern.finditer(evidence.normalized)
    )


def _as_written(pattern: re.Pattern[str]) -> Candidates:
    """All places where a pattern of capitals or of quotation marks matches, which folding loses."""
    return lambda evidence: (Span(*match.span()) for match in pattern.finditer(evidence.text))


def _numbers(evidence: Evidence) -> Iterator[Span]:
    """Numbers with their units, those of dates left out."""
    dates = [Span(*match.span()) for match in TIME.finditer(evidence.normalized)]
    for match in NUMBER.finditer(evidence.normalized):
        if not any(date.start <= match.start() < date.end for date in dates):
            yield Span(*match.span())


def _people(evidence: Evidence) -> Iterator[Span]:
    """Names that jieba tags nr, less what is part of a foreign one."""
    foreign = [Span(*match.span()) for match in _FOREIGN_NAME.finditer(evidence.text)]
    for word in evidence.words:
        inside = any(name.start <= word.start < name.end for name in foreign)
        joined = word.text[0] in _JOINING  # 和代表 and 与会 are no names
        if word.tag.startswith("nr") and len(word.text) > 1 and not inside and not joined:
            yield Span(word.start, word.end)


def _places(evidence: Evidence) -> Iterator[Span]:
    """Runs of place names and of nouns that end like one."""
    for run in _runs(evidence.words, _IN_PLACES, _ENDS_LIKE_PLACE):
        span = _up_to(run, lambda word: word.tag == "ns" or _ends(_ENDS_LIKE_PLACE, word))
        if span and not _ANY_PLACE.fullmatch(evidence.of_span(span)):
            yield span


def _organizations(evidence: Evidence) -> Iterator[Span]:
    """Runs of nouns that end like the name of an organisation."""
    for run in _runs(evidence.words, _IN_ORGANIZATIONS, _ORGANIZATION_END):
        if span := _up_to(run, lambda word: word.tag == "nt" or _ends(_ORGANIZATION_END, word)):
            yield span


def _named_organizations(evidence: Evidence) -> Iterator[Span]:
    """Those of the organisations that are called by name."""
    found = _organizations(evidence)
    return (span for span in found if span.end - span.start >= _SHORTEST_NAME)


def _ends(end: re.Pattern[str], word: Word) -> bool:
    return end.search(word.text) is not None


def _up_to(run: Sequence[Word], is_end: Callable[[Word], bool]) -> Span | None:
    """From the first word of a run to the last that can end a name; None without one."""
    last = next((word for word in reversed(run) if is_end(word)), None)
    return Span(run[0].start, last.end) if last else None


def _runs(
    words: Sequence[Word], tags: tuple[str, ...], end: re.Pattern[str]
) -> Iterator[list[Word]]:
    """Yield the longest stretches of words whose tags begin so.

    A verb belongs to them just before a word that ends a name: 处置 in 医废处置中心.
    """
    following = (*words[1:], Word("", "", 0, 0))
    wanted = [
        word.tag.startswith(tags) or (word.tag == "v" and len(word.text) == 2 and _ends(end, after))
        for word, after in zip(words, following, strict=False)
    ]
    for is_wanted, run in groupby(zip(words, wanted, strict=True), key=lambda pair: pair[1]):
        if is_wanted:
            yield [word for word, _ in run]


def _announced(evidence: Evidence) -> Iterator[Span]:
    """Enumerations behind 包括 and the like."""
    for match in _ENUMERATION.finditer(evidence.normalized):
        if lead := _ANNOUNCED.match(match[0]):
            yield Span(match.start() + lead.end(), match.end())


def _enumerations(evidence: Evidence) -> Iterator[Span]:
    """Enumerations by 、 or of two things, without what introduces them."""
    for match in _ENUMERATION.finditer(evidence.normalized):
        lead = _ANNOUNCED.match(match[0]) or _LED_IN.match(match[0])
        yield Span(match.start() + (lead.end() if lead else 0), match.end())


def _reasons(evidence: Evidence) -> Iterator[Span]:
    """From a cue word to the end of its clause, or of the sentence where nothing is caused there.

    因 what, this happened: the clause is the reason. This happened, because what, what: all is.
    """
    for part in _PART.finditer(evidence.normalized):
        for clause in _CLAUSE.finditer(evidence.normalized, part.start(), part.end()):
            if match := _REASON.search(evidence.normalized, clause.start(), clause.end()):
                first = clause.start() == part.start()
                yield Span(match.start(), clause.end() if first else part.end())


def _from_cue(cue: re.Pattern[str]) -> Candidates:
    """From a cue word to the end of its clause."""

    def candidates(evidence: Evidence) -> Iterator[Span]:
        for clause in clauses(evidence):
            if match := cue.search(evidence.normalized, clause.start, clause.end):
                yield Span(match.start(), clause.end)

    return candidates


def _after_cue(cue: re.Pattern[str]) -> Candidates:
    """From behind a cue word to the end of the sentence."""

    def candidates(evidence: Evidence) -> Iterator[Span]:
        for part in _PART.finditer(evidence.normalized):
            if match := cue.search(evidence.normalized, part.start(), part.end()):
                yield Span(match.end(), part.end())

    return candidates


def _nothing(_: Evidence) -> Iterator[Span]:
    """No candidates: the kind is not known."""
    return iter(())


CANDIDATES: Mapping[Kind, Candidates] = {
    Kind.PERSON: _first_of(
        _all_of(_matches(_TITLED_NAME), _as_written(_FOREIGN_NAME)), _people, _named_organizations
    ),
    Kind.PLACE: _first_of(_matches(_DESTINATION, _SCENE), _places),
    Kind.TIME: _matches(TIME),
    Kind.NUMBER: _numbers,
    Kind.LIST: _first_of(_announced, _enumerations),
    Kind.REASON: _reasons,
    Kind.MANNER: _from_cue(_MANNER),
    Kind.DEFINITION: _first_of(_after_cue(_DEFINED), short_forms, _after_cue(_TOLD)),
    Kind.ORGANIZATION: _first_of(_named_organizations, _organizations),
    Kind.WORDING: _as_written(_QUOTED),
    Kind.OTHER: _nothing,
}
