"""What kind of thing a question asks for, read off its question words."""

import re
from enum import StrEnum

from corpus.text import HAN, normalize


class Kind(StrEnum):
    """The kinds of answer that questions ask for."""

    PERSON = "person"
    PLACE = "place"
    TIME = "time"
    NUMBER = "number"
    LIST = "list"
    REASON = "reason"
    MANNER = "manner"
    DEFINITION = "definition"
    ORGANIZATION = "organization"
    WORDING = "wording"
    OTHER = "other"


_BETWEEN_PARTS = re.compile("[,;。?!]")
_FEW = "几两二三四五六七八九十"
_THINGS = "[个项类条种家方块步]"
_HUMAN = (
    "(?:[人长员师生手他她]|主任|书记|主席|教授|干部|领导|老板|头儿|法官|司机"
    "|同学|孩子|姑娘|小伙|大姐|小哥)"
)

# Tried in order: the first that matches decides. Patterns see normalised text (simplified,
# half-width, lower case). 几 and 哪 say little alone, so what they count or point at comes first.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(patterns)))
    for kind, *patterns in (
        (
            Kind.REASON,
            r"为什么|为何|为啥|干嘛要?|干啥要|凭什么|原因|缘由|理由|怎么回事|啥考虑|图个?[什啥]么?",
            r"(?:卡|出|难|症结|问题)(?:到底)?在(?:哪|什么)",
            r"(?:怎么|咋).{0,6}[涨降跌多少高低慢快][了起]",
            r"(?:怎么|咋)(?:会|没|不|就|又|才|一直|突然|这么|那么|老)|\bwhy\b",
        ),
        (
            Kind.TIME,
            r"什么时[候间]|啥时候|何时|几时|多会儿|日期|何[年日]|哪一?[年天月日]|哪个[月日]|几[月号日点]",
            r"\bwhen\b|what (?:date|year|day)",
        ),
        (
            Kind.LIST,
            rf"哪些|哪[{_FEW}]{_THINGS}?|分别|都有谁|包[括含]什么|都有什么|有什么内容",
            r"\bwhich .*s\b|what are|\blist\b",
        ),
        (
            Kind.NUMBER,
            r"多少|多[大高长远重快久贵]|(?<![那这十百好])几(?![乎何经时])",
            r"\bhow (?:many|much|big|large|long|old|far|fast)\b|what (?:share|percentage|rate)\b",
        ),
        (
            Kind.PERSON,
            r"谁|哪一?位|何人|哪个人|什么人|姓名|叫什么名|名字|(?:局长|主任|组长)是|\bwho(?:se|m)?\b",
            rf"{_HUMAN}[是,]?叫(?:啥|什么)|哪[个名]{_HUMAN}|哪[个名][{HAN}]{{1,4}}{_HUMAN}(?!会)",
        ),
        (
            Kind.ORGANIZATION,
            r"哪一?[家支所队级]|哪个(?:单位|部门|机构|公司|企业|组织|学校|医院|大学|局|委|队)",
            r"什么(?:单位|部门|机构|公司|组织)|which (?:organi[sz]ation|company|agency|department)",
        ),
        (
            Kind.PLACE,
            r"哪里|哪儿|在哪|到哪|去哪|何处|[什啥]么?地方|哪一?个?(?:省|市|县|区|镇|乡|村|国|城|地)",
            r"\bwhere\b|which (?:city|country|place|province)",
        ),
        (
            Kind.WORDING,
            r"(?:主题|口号|题目|称号|使命|理念|宗旨|名称|标题|总目标)(?:是|叫|为)?(?:什么|啥)",
            r"什么(?:主题|口号|题目|称号|理念|名义)|叫(?:啥|什么)\W*$|叫做?什么",
        ),
        (
            Kind.MANNER,
            r"如何|怎么|怎样|咋|[用拿靠]什么|通过什么|什么(?:办法|措施)|哪种方式|啥[办招]法?|\bhow\b",
        ),
        (
            Kind.DEFINITION,
            r"什么是|什么意思|啥意思|啥叫|什么叫|指什么|是指|定义|含义|全称|全名|缩写",
            r"\bwhat is\b|what does .* mean\b",
        ),
        (
            Kind.NUMBER,  # terse: only what is counted or measured
            r"占比|比[例重]|[增降涨]速|[涨降增]幅|总[额量数]|人数|金额|数量|单价",
            r"(?:收入|支出|产值|利润|面积|产量|容量|票价|价格)\W*$",
        ),
    )
)


def kind_of(question: str) -> Kind:
    """Return the kind of answer a question asks for; OTHER where no question word tells."""
    matches = (
        kind for part in parts(question) for kind, pattern in _PATTERNS if pattern.search(part)
    )
    return next(matches, Kind.OTHER)


def parts(question: str) -> list[str]:
    """Return what stands between the commas of a question, normalised, the last part first.

    The last part that tells decides what is asked: those before it say what the question is about,
    or are the earlier question that a follow-up was joined to.
    """
    return [part for part in reversed(_BETWEEN_PARTS.split(normalize(question))) if part.strip()]
