"""Example questions: readable, spread, the same each time, and answered by the reports."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.splitter import split
from corpus.text import Segmenter
from embeddings.index import Index
from qa.answerer import Answerer
from qa.examples import examples
from qa.followup import FollowUps
from qa.reader import RuleReader
from tests.corpus.writing import report_text
from tests.fakes import BigramEncoder, make_contents, make_document


def index_of(segmenter: Segmenter, *reports: tuple[str, str]) -> Index:
    """An index over reports given by title and text; nothing is searched for in it."""
    documents = [
        make_document(text, id=f"report-{number}", title=title)
        for number, (title, text) in enumerate(reports)
    ]
    passages = [passage for document in documents for passage in split(document)]
    encoder = BigramEncoder(dimensions=8)
    return Index("version", make_contents(passages, encoder, segmenter), encoder, segmenter)


@pytest.mark.parametrize(
    ("sentence", "question"),
    [
        ("全市森林覆盖率达到46.2%。", "全市森林覆盖率是多少？"),
        ("全年票务收入3.43亿元，同比持平。", "票务收入是多少？"),
        ("高新技术企业达到356家。", "高新技术企业有多少家？"),
        ("规模以上工业增加值增长7.1%。", "规模以上工业增加值增长了多少？"),
        ("环城快速路西段于2023年9月28日通车。", "环城快速路西段什么时候通车？"),
        ("第三届国际灯塔大会在葡萄牙圣法罗市举行。", "第三届国际灯塔大会在哪里举行？"),
        ("荷载试验由衡岭大学检测中心承担，抽检6座。", "荷载试验由谁承担？"),
        ("航运技术由副教授洪士岚担任顾问。", "航运技术由谁担任顾问？"),
        ("检测项目包括农药残留、甲醛和二氧化硫。", "检测项目包括哪些？"),
        ("工期延长的原因是：山洪冲毁便道。", "工期延长的原因是什么？"),
        ("信号故障偏多，主要是因为设备老化。", "为什么信号故障偏多？"),
        ("快速检测是指现场作出判定的筛查方式。", "什么是快速检测？"),
        ("設籍居民單程票價80元，由乡公所補貼。", "設籍居民單程票價是多少？"),
        ("航運技術由副教授洪士嵐擔任顧問。", "航運技術由誰擔任顧問？"),
    ],
    ids=[
        "rate", "amount", "count", "change", "time", "place", "organisation", "person", "list",
        "cause", "reason", "definition", "traditional", "traditional question words",
    ],
)  # fmt: skip
def test_a_sentence_gives_its_question(segmenter: Segmenter, sentence: str, question: str) -> None:
    """In the words of the sentence, and in its script."""
    assert examples(index_of(segmenter, ("工作报告", sentence))) == [question]


@pytest.mark.parametrize(
    "sentence",
    [
        "其覆盖率达到46.2%。",
        "比上年增长率达到46.2%。",
        "该项目总投资为1.2亿元。",
        "这一比例达到46.2%。",
        "人数12人。",
        "由于多种因素叠加影响所致的全部直接和间接经济损失总额达到46亿元。",
        "“绿色”工厂的覆盖率（含分厂）达到46.2%。",
        "进一步提高服务水平。",
        "3月15日在河湾县举办。",
        "The forest coverage is 46.2%.",
        "兴禾社区菜市场 | 300 | 1 | 99.7%",
        "",
    ],
    ids=[
        "its", "than last year", "this project", "this share", "too short", "too long", "brackets",
        "nothing told", "no subject", "English", "a table", "empty",
    ],
)  # fmt: skip
def test_a_sentence_that_gives_none(segmenter: Segmenter, sentence: str) -> None:
    """What would not be understood by itself is not asked."""
    report = ("工作报告", sentence or "。")
    assert examples(index_of(segmenter, report)) == []


def test_sibling_reports_say_their_year(segmenter: Segmenter) -> None:
    """The innermost heading's, else the title's."""
    told = "全市森林覆盖率达到46.2%。"
    index = index_of(
        segmenter,
        ("2024年工作报告", f"一、2023年工作回顾\n{told}"),
        ("2025年工作报告", told),
    )
    assert sorted(examples(index)) == [
        "2023年全市森林覆盖率是多少？",
        "2025年全市森林覆盖率是多少？",
    ]


def test_sibling_reports_of_more_than_one_year_are_not_asked(segmenter: Segmenter) -> None:
    """There is no short way to say which is meant."""
    told = "全市森林覆盖率达到46.2%。"
    reports = [(f"{year}—{year + 1}年度报告", told) for year in (2022, 2023)]
    assert examples(index_of(segmenter, *reports)) == []


def test_quarters_are_told_apart(segmenter: Segmenter) -> None:
    """Reports of one year say their quarter too."""
    told = "公司客户满意度为96%。"
    reports = [(f"2024年第{quarter}季度运营报告", told) for quarter in "二三"]
    assert sorted(examples(index_of(segmenter, *reports))) == [
        "2024年第三季度公司客户满意度是多少？",
        "2024年第二季度公司客户满意度是多少？",
    ]


def test_what_two_reports_answer_is_not_asked(segmenter: Segmenter) -> None:
    """A question with two answers is none to show."""
    reports = ("河湾县工作报告", "森林覆盖率46.2%。"), ("青岭县公报", "森林覆盖率51%。")
    assert examples(index_of(segmenter, *reports)) == []


def test_questions_are_spread_over_reports_and_kinds(segmenter: Segmenter) -> None:
    """One report full of figures does not push the others aside."""
    figures = "".join(f"第{n}车间设备利用率达到8{n}%。" for n in "123456789")
    index = index_of(
        segmenter,
        ("工厂报告", figures),
        ("大会报告", "第三届国际灯塔大会在葡萄牙圣法罗市举行。"),
        ("检测通报", "检测项目包括农药残留、甲醛和二氧化硫。"),
    )
    found = examples(index, limit=3)
    assert "第三届国际灯塔大会在哪里举行？" in found
    assert "检测项目包括哪些？" in found
    assert len(found) == 3


@pytest.mark.parametrize("limit", [0, 1, 2, 100])
def test_no_more_than_the_limit(index: Index, limit: int) -> None:
    """Fewer where there are fewer, none twice."""
    found = examples(index, limit)
    assert len(found) == len(set(found)) <= limit
    assert found == examples(index, limit) == examples(index, 100)[:limit]


def test_examples_are_answered(index: Index, segmenter: Segmenter) -> None:
    """The reports they come from answer them, with a quote of the right kind."""
    answerer = Answerer(index, RuleReader(segmenter), FollowUps(segmenter))
    found = examples(index)
    assert found
    for question in found:
        answer = answerer.ask(question)
        assert answer.found
        assert answer.standalone_question == question


@settings(deadline=None, max_examples=50)
@given(st.lists(report_text.filter(str.strip), min_size=1, max_size=3))
def test_any_corpus_will_do(segmenter: Segmenter, texts: list[str]) -> None:
    """Whatever the reports hold, there are at most four questions, each one line."""
    index = index_of(segmenter, *(("报告", text) for text in texts))
    found = examples(index)
    assert len(found) <= 4
    assert all(question.endswith("？") and "\n" not in question for question in found)
