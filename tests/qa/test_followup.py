"""Follow-ups are made to stand alone; questions that do already are left as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import Segmenter, Word
from qa.followup import FollowUps
from qa.types import Turn

VISITORS = "2024年北区图书馆接待读者多少人次？"
FIRST = "第一项措施是什么"


@pytest.fixture(scope="session")
def follow_ups(segmenter: Segmenter) -> FollowUps:
    """The rules, over the tests' segmenter."""
    return FollowUps(segmenter)


def asked(follow_ups: FollowUps, *questions: str, answer: str = "") -> str:
    """The last question as it would be asked alone, each one before it answered so."""
    *earlier, question = questions
    return follow_ups.standalone(question, [Turn(said, answer) for said in earlier])


@pytest.mark.parametrize(
    ("question", "follow_up", "expected"),
    [
        (VISITORS, "那2025年呢", "2025年北区图书馆接待读者多少人次？"),
        (VISITORS, "25年？", "25年北区图书馆接待读者多少人次？"),
        (VISITORS, "２０２５年呢", "２０２５年北区图书馆接待读者多少人次？"),
        (VISITORS, "那2025呢", "2025年北区图书馆接待读者多少人次？"),
        (VISITORS, "再早一年", "2023年北区图书馆接待读者多少人次？"),
        (VISITORS, "下一年呢", "2025年北区图书馆接待读者多少人次？"),
        ("二〇二四年客流多少", "前一年是多少", "2023年客流多少"),
        ("24年客流多少", "再晚一年呢", "25年客流多少"),
        ("2021—2022学年谁评上了", "下一学年呢", "2022-2023学年谁评上了"),
        ("2022届就业率多少", "那2023届呢", "2023届就业率多少"),
        ("客流多少", "那2025年呢", "2025年客流多少"),
        ("2024年蒐集多少標本", "那2025年呢", "2025年蒐集多少標本"),
        ("How many readers in 2024?", "and in 2025?", "How many readers in 2025?"),
        (VISITORS, "2025年打算怎么办", "2025年北区图书馆接待读者多少人次？"),
    ],
    ids=[
        "said", "short", "full width", "bare", "the year before", "the year after", "numerals",
        "short, stepped", "school year", "class", "no year before", "traditional", "English",
        "nothing new beside it",
    ],
)  # fmt: skip
def test_the_year_is_exchanged(
    follow_ups: FollowUps, question: str, follow_up: str, expected: str
) -> None:
    """The same question about another year."""
    assert asked(follow_ups, question, follow_up) == expected


@pytest.mark.parametrize(
    ("question", "follow_up", "expected"),
    [
        (FIRST, "那第二个呢", "第二项措施是什么"),
        (FIRST, "第三项措施呢", "第三项措施是什么"),
        (FIRST, "下一个呢", "第二项措施是什么"),
        ("第九条说什么", "下一条", "第十条说什么"),
        ("第二十条说什么", "上一条呢", "第十九条说什么"),
        ("第19条说什么", "下一条呢", "第20条说什么"),
        (FIRST, "上一个呢", "第一项措施是什么"),
        ("第一医院的第二项措施是什么", "那第三项呢", "第一医院的第三项措施是什么"),
        ("三项措施是什么", "那第二个呢", "三项措施是什么，第二个呢"),
    ],
    ids=[
        "said", "with its noun", "next", "to ten", "under twenty", "digits",
        "none before the first", "the one counted so", "none before",
    ],
)  # fmt: skip
def test_the_ordinal_is_exchanged(
    follow_ups: FollowUps, question: str, follow_up: str, expected: str
) -> None:
    """The same question about another of a series."""
    assert asked(follow_ups, question, follow_up) == expected


@pytest.mark.parametrize(
    ("question", "follow_up", "expected"),
    [
        ("北京有多少人", "上海呢", "上海有多少人"),
        ("平岭县的医院有几张床", "那碧罗县呢？", "碧罗县的医院有几张床"),
        ("2023年男生的优良率是多少", "女生呢", "2023年女生的优良率是多少"),
        ("创新奖的一等奖奖金是多少", "二等奖呢", "创新奖的二等奖奖金是多少"),
        ("女子组冠军是哪队", "亚军呢", "女子组亚军是哪队"),
        ("标准版支持多少种数据源", "那旗舰版呢？", "旗舰版支持多少种数据源"),
        ("发掘的领队是谁", "执行领队呢", "发掘的执行领队是谁"),
    ],
    ids=["city", "county", "people", "prize", "place in a race", "edition", "a longer one"],
)
def test_the_name_is_exchanged(
    follow_ups: FollowUps, question: str, follow_up: str, expected: str
) -> None:
    """The same question about another of the kind."""
    assert asked(follow_ups, question, follow_up) == expected


@pytest.mark.parametrize(
    ("follow_up", "answer", "expected"),
    [
        ("他是谁", "陈立群", "陈立群是谁"),
        ("那他是干什么的", "陈立群；退休教师", "陈立群是干什么的"),
        ("她多大", "David Atchoarena", "David Atchoarena多大"),
        ("他是谁", "退休教师们轮流主持", "讲座由谁主持，他是谁"),
        ("他是谁", "", "讲座由谁主持，他是谁"),
        ("其他人呢", "陈立群", "讲座由谁主持，其他人呢"),
    ],
    ids=["a name", "the first quote", "foreign", "no name", "no answer", "no pronoun"],
)
def test_a_pronoun_is_the_person_answered(
    follow_ups: FollowUps, follow_up: str, answer: str, expected: str
) -> None:
    """Where the answer was a name it stands for the pronoun, else the questions are joined."""
    assert asked(follow_ups, "讲座由谁主持？", follow_up, answer=answer) == expected


@pytest.mark.parametrize(
    "follow_up",
    [
        "为什么", "為什麼", "还有呢", "有人受伤吗", "比原计划晚多久", "why?", "这是谁定的",
        "副馆长是谁", "老年人呢",
    ],
    ids=[
        "why", "traditional", "what else", "short", "compared", "English", "this", "role", "group",
    ],
)  # fmt: skip
def test_anything_else_is_put_behind(follow_ups: FollowUps, follow_up: str) -> None:
    """What cannot take the place of something is read with the earlier question."""
    joined = asked(follow_ups, VISITORS, follow_up)
    assert joined == f"2024年北区图书馆接待读者多少人次，{follow_up}"


def test_then_is_left_out(follow_ups: FollowUps) -> None:
    """A 那 that only opens the follow-up says nothing once it is joined."""
    joined = asked(follow_ups, VISITORS, "那老年人占多少")
    assert joined == "2024年北区图书馆接待读者多少人次，老年人占多少"


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ((VISITORS, "那2025年呢", "再早一年", "再早一年"), "2023年北区图书馆接待读者多少人次？"),
        ((FIRST, "那第二个呢", "下一个呢", "下一个呢"), "第四项措施是什么"),
        ((VISITORS, "为什么", "那2025年呢"), "2025年北区图书馆接待读者多少人次？"),
        ((VISITORS, "为什么", "还有呢"), "2024年北区图书馆接待读者多少人次，还有呢"),
        ((VISITORS, "北区图书馆馆长是谁", "为什么"), "北区图书馆馆长是谁，为什么"),
        (("", "为什么"), "为什么"),
        (("为什么", "还有呢"), "为什么，还有呢"),
    ],
    ids=[
        "years", "ordinals", "year after why", "why is not piled up", "a new topic",
        "blank before", "nothing to go by",
    ],
)  # fmt: skip
def test_chains(follow_ups: FollowUps, turns: tuple[str, ...], expected: str) -> None:
    """Each turn goes by the one before it as it was understood."""
    assert asked(follow_ups, *turns) == expected


@pytest.mark.parametrize(
    "question",
    [
        "2023年柳川区农贸市场的总体合格率是多少",
        "  灯塔大会在哪里举行 ？",
        "什么是快速检测",
        "再生水利用率是多少，比上年提高多少",
        "那曲市登记了多少家图书馆",
        "检测中心那次抽查查出多少不合格样品",
        "程海澜在大会上讲了什么，他代表哪家协会",
        "其他国家派了多少代表参加灯塔大会",
        "大会結束後代表團還去了什麼地方參觀",
        "Who chaired the mayors forum in Yeonsu?",
        "第三届国际灯塔大会的主题是什么",
        "应该怎么申请观测时间和数据权限",
        "谢谢",
        "你好！",
    ],
    ids=[
        "plain", "spaces", "definition", "再", "那 in a name", "那 inside",
        "pronoun behind its name", "其他", "traditional", "English", "ordinal",
        "该 in 应该", "thanks", "a greeting",
    ],
)  # fmt: skip
def test_a_question_that_stands_alone_is_left_untouched(
    follow_ups: FollowUps, question: str
) -> None:
    """To the byte, whatever was asked before."""
    for earlier in (VISITORS, FIRST, "为什么"):
        assert asked(follow_ups, earlier, question, answer="陈立群") == question


def test_without_history_nothing_changes(follow_ups: FollowUps) -> None:
    """A follow-up to nothing is asked as it is."""
    assert [asked(follow_ups, q) for q in ("为什么", "那2025年呢", "")] == [
        "为什么",
        "那2025年呢",
        "",
    ]


_PIECES = [
    "那", "呢", "2025年", "再早一年", "第二个", "下一个", "他", "为什么", "图书馆", "上海", "？",
    "，", " ", "第99条", "二〇二五年", "why",
]  # fmt: skip
_spoken = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(_PIECES)).map("".join))


@settings(deadline=None)
@given(st.lists(_spoken, min_size=1, max_size=4), st.text(max_size=10))
def test_any_history_gives_a_question(
    follow_ups: FollowUps, questions: list[str], answer: str
) -> None:
    """Whatever was said, the result is the same each time, and blank only if the question is."""
    standalone = asked(follow_ups, *questions, answer=answer)
    assert standalone == asked(follow_ups, *questions, answer=answer)
    assert standalone.strip() or not questions[-1].strip()


def test_a_long_answer_is_not_searched_for_a_name(segmenter: Segmenter) -> None:
    """What a client sends as an answer may be long; only a short one can be a name."""
    tagged: list[str] = []

    class Listening(Segmenter):
        def tagged(self, text: str) -> list[Word]:
            tagged.append(text)
            return segmenter.tagged(text)

    answer = "张" * 20_000
    FollowUps(Listening.__new__(Listening)).standalone("他是谁", [Turn("谁主持", answer)])
    assert answer not in tagged
