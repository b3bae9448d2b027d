"""What kind of thing a question asks for, read off its question words."""

import re
from enum import StrEnum

from corpus.text import normalize


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
    OTHER = "other"


# Tried in order: the first pattern that matches decides. Patterns see normalised text (simplified,
# half-width, lower case). 几 and 哪 say little alone, so what they count or point at comes first.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.REASON, r"为什么|为何|为啥|干嘛要?|干啥要|凭什么|(?:怎么|咋)(?:会|没|不|就|又|才|一直|突然|这么|那么|老)|原因|啥考虑|图个?什么|图个?啥|缘由|理由|怎么回事|\bwhy\b"),
        (
            Kind.TIME,
            r"什么时候|什么时间|何时|啥时候|哪[一]?[年天月日]|几[月号日点]|哪个[月日]|何年|何日|多会儿|日期|\bwhen\b|what (?:date|year|day)",
        ),
        (
            Kind.LIST,
            r"哪些|有哪[几两三四五六七八九十]|哪[几两三四五六七八九十][个项类条种家方]|分别|都有谁|包括什么|包含什么|都有什么|有什么内容"
            r"|哪[两三四五六七八九十几]|\bwhich .*s\b|what are|\blist\b",
        ),
        (
            Kind.NUMBER,
            r"多少|几[个项次位家人部所件名成元倍条类种届周岁口吨度]|第几|百分之几|几成|多大|多高|多长|多远|多重|多快|多久|多贵|占比|比例|比重|增速|总额|总量|总数|人数|金额|数量|单价|多长时间|几个|几块|长多少|\bhow (?:many|much|big|large|long|old|far|fast)\b|what (?:share|percentage|rate)",
        ),
        (
            Kind.PERSON,
            r"谁|哪[一]?位|何人|哪个人|什么人|姓名|叫什么名|名字|局长是|主任是|组长是|\bwho(?:se|m)?\b",
        ),
        (
            Kind.ORGANIZATION,
            r"哪[一]?(?:家|个(?:单位|部门|机构|公司|企业|组织|学校|医院|大学|局|委))|什么(?:单位|部门|机构|公司|组织)|哪级|哪一级|which (?:organi[sz]ation|company|agency|department)",
        ),
        (
            Kind.PLACE,
            r"哪里|哪儿|在哪|何处|什么地方|啥地方|哪[一]?个?(?:省|市|县|区|镇|乡|村|国家|国|城市|地方|地区)|到哪|去哪|\bwhere\b|which (?:city|country|place|province)",
        ),
        (
            Kind.MANNER,
            r"如何|怎么|怎样|咋|用什么|拿什么|靠什么|通过什么|什么办法|什么措施|哪种方式|啥办法|啥招|\bhow\b",
        ),
        (
            Kind.DEFINITION,
            r"什么是|是什么意思|啥意思|指什么|是指|什么叫|定义|含义|叫做什么|\bwhat is\b|\bwhat does .* mean\b",
        ),
    )
)


def kind_of(question: str) -> Kind:
    """Return the kind of answer a question asks for; OTHER where no question word tells."""
    text = normalize(question)
    return next((kind for kind, pattern in _PATTERNS if pattern.search(text)), Kind.OTHER)
