"""The span that answers: one or more cases for each kind, and what holds for any text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import Segmenter
from corpus.types import Span
from qa.evidence import Evidence
from qa.kinds import Kind, kind_of
from qa.spans import answer_span, holds, says
from tests.corpus.writing import texts

LECTURES = "全年举办讲座46场，其中面向老年人的18场，由退休教师陈立群主持。"
FORUM = "2023年9月18日至21日，第三届灯塔大会在葡萄牙圣法罗市举行，主题为“守望之光”。"
FLEET = "配属列车62列，正点率由99.1%提高到99.8%，比上年提高0.7个百分点，投资1.2亿元。"
TESTING = "快速检测是指在现场对样品作出初步判定的筛查方式。"
INDEX = "布雷图指数是指平均每百户居民家中检出幼虫的容器数。"
DELAY = "信号故障偏多，主要是因为设备已连续使用12年，备件停产。"
STUDY = "为摸清底数，研究组通过入户访问和电话回访收集数据，完成了报告。"
BRIDGE = "荷载试验由衡岭大学桥梁检测中心承担，施工单位为宏远桥隧建设有限公司。"
ITEMS = "检测项目包括农药残留、孔雀石绿、甲醛和二氧化硫，每季度公布一次结果。"


def said(question: str, sentence: str, quote: str, segmenter: Segmenter) -> bool:
    """Whether the quote says what is asked for."""
    span = Span(sentence.index(quote), sentence.index(quote) + len(quote))
    return says(kind_of(question), Evidence.of(question, sentence, segmenter), span)


def answered(question: str, sentence: str, segmenter: Segmenter) -> str:
    """What is quoted of `sentence` for `question`."""
    start, end = answer_span(kind_of(question), Evidence.of(question, sentence, segmenter))
    return sentence[start:end]


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("谁主持讲座", "陈立群", True),
        ("谁主持讲座", "全年举办讲座", False),
        ("讲座几场", "46场", True),
        ("讲座几场", "46", True),
        ("讲座花了多少钱", "46场", False),
        ("讲座来了多少人", "46场", False),
        ("讲座占百分之几", "46场", False),
        ("多少讲座", "46场", True),
        ("几个讲座", "46场", True),
        ("讲座为什么办", "全年举办讲座", True),
    ],
)
def test_a_quote_says_what_is_asked_for(
    question: str, quote: str, expected: bool, segmenter: Segmenter
) -> None:
    """Its kind in its unit; any quote does where no candidates tell the kind apart."""
    assert said(question, LECTURES, quote, segmenter) is expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("大会哪天开始", "2023年9月18日", True),
        ("大会哪天开始", "2023年9月", False),
        ("大会哪个月开", "2023年9月", True),
        ("大会哪个月开", "2023年", False),
        ("大会哪年开", "2023年", True),
        ("大会几点开", "2023年9月18日", False),
        ("大会什么时候开", "2023年", True),
        ("大会什么时候开", "守望之光", False),
    ],
)
def test_a_time_is_as_fine_as_asked_for(
    question: str, quote: str, expected: bool, segmenter: Segmenter
) -> None:
    """A month answers no question for a day."""
    fine = "2023年9月18日开幕，主题为“守望之光”。"
    rough = fine.replace("18日", "")
    sentence = fine if "日" in quote else rough
    assert said(question, sentence, quote, segmenter) is expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("讲座由谁主持", LECTURES, "陈立群"),
        ("講座由誰主持", LECTURES, "陈立群"),
        ("第三届灯塔大会在哪里举行", FORUM, "葡萄牙圣法罗市"),
        ("第三届灯塔大会什么时候举行", FORUM, "2023年9月18日至21日"),
        ("灯塔大会的主题是什么", FORUM, "守望之光"),
        ("举办了多少场讲座", LECTURES, "46场"),
        ("面向老年人的讲座有几场", LECTURES, "18场"),
        ("正点率是多少", FLEET, "99.8%"),
        ("正点率提高了几个百分点", FLEET, "0.7个百分点"),
        ("配属多少列车", FLEET, "62列"),
        ("投资多少钱", FLEET, "1.2亿元"),
        ("什么是快速检测", TESTING, "在现场对样品作出初步判定的筛查方式"),
        ("什么是布雷图指数", INDEX, "平均每百户居民家中检出幼虫的容器数"),
        ("为什么信号故障偏多", DELAY, "因为设备已连续使用12年，备件停产"),
        ("研究组如何收集数据", STUDY, "通过入户访问和电话回访收集数据"),
        ("荷载试验是哪家单位承担的", BRIDGE, "衡岭大学桥梁检测中心"),
        ("施工单位是哪家公司", BRIDGE, "宏远桥隧建设有限公司"),
        ("检测项目包括哪些", ITEMS, "农药残留、孔雀石绿、甲醛和二氧化硫"),
    ],
    ids=[
        "person", "person, traditional", "place", "time", "wording", "number", "number of a part",
        "rate", "change", "measure word", "money", "definition", "definition of a 指数",
        "reason", "manner", "organisation", "organisation behind its role", "list",
    ],
)  # fmt: skip
def test_span(question: str, sentence: str, expected: str, segmenter: Segmenter) -> None:
    """The shortest span that answers, as it stands in the sentence."""
    assert answered(question, sentence, segmenter) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("WFL啥意思", "本市于2012年正式加入世界灯塔联合会（WFL）。", "世界灯塔联合会"),
        ("wfl的全称是什么", "由ＷＦＬ（世界灯塔联合会）与圣法罗市合办。", "世界灯塔联合会"),
        ("WFL-2是什么意思", "用的是灯塔通信协议（WFL-2，2019年）。", "灯塔通信协议"),
        ("灯联会的全称是什么", "世界灯塔联合会（以下简称“灯联会”）在此。", "世界灯塔联合会"),
        ("世界灯塔联合会的英文缩写是什么", "世界灯塔联合会（WFL）是会员。", "WFL"),
        ("什么是WFL", "世界灯塔联合会（WFL）是指沿海各国共有的组织。", "沿海各国共有的组织"),
        ("什么是WFL", "守塔人协会（KLA）是会员。", "会员"),
        ("MAIL是什么意思", "人工智能（AI）是工具。", "工具"),
    ],
    ids=[
        "behind the name", "before the name", "with a year", "in Chinese", "the short form",
        "defined", "of something else", "within another word",
    ],
)  # fmt: skip
def test_abbreviations(question: str, sentence: str, expected: str, segmenter: Segmenter) -> None:
    """What a short form means is the name beside it, where nothing defines it."""
    assert answered(question, sentence, segmenter) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("新任主任是谁", "质控部主任为上官敏，副主任为钟离秋。", "上官敏"),
        ("主持人是谁", "论坛由所长戴维·阿乔雷纳先生主持。", "戴维·阿乔雷纳"),
        ("who chaired the forum", "论坛由主任David Atchoarena主持。", "David Atchoarena"),
        ("谁承担检测", "检测由禾谷检测技术中心承担。", "禾谷检测技术中心"),
    ],
    ids=["two-character surname", "foreign, in Chinese", "foreign", "an organisation"],
)
def test_people(question: str, sentence: str, expected: str, segmenter: Segmenter) -> None:
    """Names that the dictionary does not know are found by their titles."""
    assert answered(question, sentence, segmenter) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("会员年费改成多少", "会员年费由60元降至50元。", "50元"),
        ("旅客有多少", "接待旅客1928.6万人次，下降9.8%。", "1928.6万人次"),
        ("旅客下降了多少", "接待旅客1928.6万人次，下降9.8%。", "9.8%"),
        ("收入多少", "人均收入20318元，增长7.1%，进一步缩小差距。", "20318元"),
        ("开工几天", "2023年8月20日开工，工期38天。", "38天"),
        ("平均指数是多少", "每百户居民的平均指数为7.0。", "7.0"),
    ],
    ids=["now and before", "no year", "the change", "no year inside", "no date", "no measure"],
)
def test_numbers(question: str, sentence: str, expected: str, segmenter: Segmenter) -> None:
    """Years are no numbers; amounts, changes and former values are told apart."""
    assert answered(question, sentence, segmenter) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2024年接待读者多少人次，讲座呢", "46场"),
        ("2024年举办讲座多少场，读者呢", "12.6万人次"),
    ],
    ids=["the one", "the other"],
)
def test_the_last_part_of_a_question_says_where_to_look(
    question: str, expected: str, segmenter: Segmenter
) -> None:
    """A follow-up that was joined to its question is answered, not the question before."""
    sentence = "2024年接待读者12.6万人次，举办讲座46场。"
    assert answered(question, sentence, segmenter) == expected


def test_what_the_question_says_itself_answers_nothing(segmenter: Segmenter) -> None:
    """A number in the question is not the number asked for."""
    evidence = Evidence.of("46场讲座里面向老年人的有几场", LECTURES, segmenter)
    assert evidence.text[slice(*answer_span(Kind.NUMBER, evidence))] == "18场"
    assert not holds(Kind.NUMBER, Evidence.of("46场讲座花了多少", "举办讲座46场。", segmenter))


def test_without_candidates_a_short_sentence_is_quoted_whole(segmenter: Segmenter) -> None:
    """Less would lose the sense; the stop at its end is left out."""
    assert answered("免费吗", "低保家庭子女免费入馆。", segmenter) == "低保家庭子女免费入馆"


def test_without_candidates_a_long_sentence_is_quoted_from_the_clause_asked_for(
    segmenter: Segmenter,
) -> None:
    """What stands before the clause that says most of the question is left out."""
    sentence = "全馆面积一万四千平方米有余，收费标准为每人六元，低保家庭子女凭证件免费入馆参观。"
    quote = answered("低保家庭子女收费吗", sentence, segmenter)
    assert quote == "低保家庭子女凭证件免费入馆参观"


@settings(deadline=None)
@given(question=texts, text=texts.filter(bool), kind=st.sampled_from(Kind))
def test_a_span_is_inside_its_sentence_and_not_empty(
    segmenter: Segmenter, question: str, text: str, kind: Kind
) -> None:
    """Whatever is asked of whatever text, there is something to quote and it is all there."""
    evidence = Evidence.of(question, text, segmenter)
    start, end = answer_span(kind, evidence)
    assert 0 <= start < end <= len(text)
    assert (start, end) == answer_span(kind, evidence)


@settings(deadline=None)
@given(question=texts, text=texts.filter(bool))
def test_shared_positions_ascend_inside_the_text(
    segmenter: Segmenter, question: str, text: str
) -> None:
    """Evidence marks characters of the text, each once, and knows all of its words."""
    evidence = Evidence.of(question, text, segmenter)
    assert list(evidence.shared) == sorted(set(evidence.shared))
    assert all(0 <= position < len(text) for position in evidence.shared)
    assert "".join(word.text for word in evidence.words) == text


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("观光收入多少", "觀光收入達到67億元，比上年增長5.2%。", "67億元"),
        ("接待游客多少人次", "接待遊客345萬人次。", "345萬人次"),
        ("出口增长了多少", "出口增长５．２％，进口持平。", "５．２％"),
        ("大会什么时候举行", "大会于２０２４年９月召开。", "２０２４年９月"),
        ("谁出席了闭幕式", "馆长田一郎和代表出席闭幕式。", "田一郎"),
    ],
    ids=["traditional unit", "traditional measure word", "full width", "full-width date", "joined"],
)
def test_span_however_it_is_written(
    question: str, sentence: str, expected: str, segmenter: Segmenter
) -> None:
    """Patterns hold for traditional characters and full width; the quote stays as it stands."""
    assert answered(question, sentence, segmenter) == expected
