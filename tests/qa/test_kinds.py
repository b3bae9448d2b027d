"""What kind of thing questions ask for, however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.kinds import Kind, kind_of, parts

QUESTIONS = {
    Kind.PERSON: [
        "讲座由谁主持", "哪位老师带队", "局长叫什么名字", "那位消防员叫啥", "哪个领导讲的",
        "Who chaired it?", "誰主持講座",
    ],
    Kind.PLACE: [
        "大会在哪里举行", "在哪儿办的", "到哪去", "哪个城市承办", "什么地方能借书",
        "Where was it held?", "大會在哪裡舉行",
    ],
    Kind.TIME: [
        "什么时候开馆", "哪年成立的", "几月几号开会", "何时竣工", "啥时候通车", "When did it open?",
        "什麼時候開館",
    ],
    Kind.NUMBER: [
        "有多少读者", "开放几天", "第几届", "完成了几成", "面积有多大", "正点率提高了几个百分点",
        "占比", "2024年客运总量", "营业收入？", "How many readers?",
    ],
    Kind.LIST: [
        "有哪些措施", "哪三个项目", "包括什么", "分别是什么", "哪几条线路",
        "What are the measures?",
    ],
    Kind.REASON: [
        "为什么延误", "为啥停航", "延误的原因是什么", "怎么没完工", "怎么会下降",
        "怎么一下少了那么多", "问题出在哪", "Why was it late?", "為什麼延誤",
    ],
    Kind.MANNER: ["如何申请", "怎么检测的", "用什么加固", "采取什么措施", "How is it tested?"],
    Kind.DEFINITION: [
        "什么是快速检测", "布雷图指数指什么", "爱心预约是什么意思", "啥叫机遇观测", "WFL的全称",
    ],
    Kind.ORGANIZATION: [
        "哪家公司施工", "哪个部门负责", "什么单位承办", "哪支队伍夺冠", "Which agency did it?",
    ],
    Kind.WORDING: ["大会的主题是什么", "口号是啥", "获得什么称号", "这个平台叫什么"],
    Kind.OTHER: ["免费吗", "介绍一下青河", "???", ""],
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        pytest.param(question, kind, id=f"{kind}-{number}")
        for kind, questions in QUESTIONS.items()
        for number, question in enumerate(questions)
    ],
)
def test_kind(question: str, kind: Kind) -> None:
    """Plain, terse, traditional and English questions tell what they ask for."""
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("2024年接待读者多少人次，为什么", Kind.REASON),
        ("讲座有多少场，由谁主持", Kind.PERSON),
        ("主持讲座的是谁，退休的那位", Kind.PERSON),
        ("谁主持？什么时候？", Kind.TIME),
    ],
    ids=["follow-up joined", "two questions", "the last part asks nothing", "two sentences"],
)
def test_the_last_part_that_asks_decides(question: str, kind: Kind) -> None:
    """What stands before it says what the question is about."""
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    "question",
    ["几乎没有延误的是哪一年", "曾几何时", "走了十几公里的人是谁"],
    ids=["nearly", "once", "ten odd"],
)
def test_a_few_is_not_always_a_question(question: str) -> None:
    """几 asks for a number only where it stands for one."""
    assert kind_of(question) is not Kind.NUMBER


@given(st.text())
def test_any_text_has_a_kind(text: str) -> None:
    """Whatever is typed, there is a kind, the same each time."""
    assert kind_of(text) is kind_of(text)


def test_parts_come_last_first() -> None:
    """Split at commas and stops of both widths, blanks left out."""
    assert parts("甲，乙；丙？丁, ") == ["丁", "丙", "乙", "甲"]
    assert parts("，？") == []
