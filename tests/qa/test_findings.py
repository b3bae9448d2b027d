"""What a question asks for, and what speaks for a span that was found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import Segmenter, sentences
from corpus.types import Passage, Span
from qa.findings import CLUES, Asked, Finding, findings_in
from qa.kinds import Kind
from qa.span_model import ScoredSpan
from qa.windows import windows
from tests.corpus.writing import texts
from tests.fakes import make_hit, make_passage

TITLE = "北区图书馆2024年工作报告"
TEXT = "全年开放320天。举办讲座46场。讲座由陈立群主持。"
NORTH = make_passage(TEXT, id="north-1", headings=("二、活动",), title=TITLE)


def found(
    segmenter: Segmenter, question: str, quote: str, passage: Passage = NORTH, *, room: int = 99
) -> Finding:
    """What is found where `quote` stands in the window of its sentence, with a margin of 2."""
    place = passage.text.index(quote)
    scores = [9.0 * (s.start <= place < s.end) for s in sentences(passage.text)]
    (window,) = windows([make_hit(passage, *scores, similarity=0.7)], 1, room)
    start = place - window.span.start
    span = ScoredSpan(Span(start, start + len(quote)), 2.0)
    (one,) = findings_in(Asked.of(question, segmenter), window, [span], 9.5, segmenter)
    return one


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("2024年讲座几场", {2024}),
        ("24年讲座几场", {2024}),
        ("二〇二四年和２０２５年讲座各几场", {2024, 2025}),
        ("讲座几场", set()),
    ],
    ids=["in full", "short", "numerals and full width", "none"],
)
def test_years_asked_for(segmenter: Segmenter, question: str, years: set[int]) -> None:
    """However they are written."""
    assert Asked.of(question, segmenter).years == years


def test_numbers_asked_for(segmenter: Segmenter) -> None:
    """Decimals stay whole, and an ordinal is one."""
    assert Asked.of("接待12.6万人次的是46场中的哪一场", segmenter).numbers == {"12.6", "46"}
    assert Asked.of("第十三届在哪里办", segmenter).numbers == {"第十三"}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("陈立群主持了几场", {"陈立群"}),
        ("“书香小屋”办了几场", {"书香小屋"}),
        ("「書香小屋」辦了幾場", {"书香小屋"}),
        ("《读者手册》印了多少", {"读者手册"}),
        ("“甲”以及“书香小屋”办了几场", {"书香小屋"}),
        ("“书香小屋”以及“银龄讲堂”办了几场", {"书香小屋", "银龄讲堂"}),
        ("办了几场", set()),
        ("“办了几场", set()),
    ],
    ids=[
        "a person",
        "quoted",
        "traditional",
        "a title",
        "one character is no name",
        "two quoted",
        "none",
        "a quote that does not close",
    ],
)
def test_names_asked_for(segmenter: Segmenter, question: str, names: set[str]) -> None:
    """People and the like, and what stands in quotes; not what stands between two quotes."""
    assert Asked.of(question, segmenter).names == names


def test_a_question_is_normalised_with_its_years_in_full(segmenter: Segmenter) -> None:
    """As the reports are matched; the kind is read off it."""
    asked = Asked.of(" 24年講座由誰主持？", segmenter)
    assert asked.text == "2024年讲座由谁主持?"
    assert asked.kind is Kind.PERSON


def test_all_clues_for_what_answers(segmenter: Segmenter) -> None:
    """The year stands in the title, the name in the sentence."""
    clues = found(segmenter, "2024年陈立群主持了多少场讲座", "46场").clues
    assert (clues.margin, clues.lead, clues.similarity) == (2.0, -0.5, 0.7)
    assert (clues.fits, clues.numbers, clues.names, clues.year) == (1.0, 1.0, 1.0, 1.0)
    assert clues.other_year == 0.0
    assert 0 < clues.coverage < 1


def test_a_sibling_report_is_of_another_year(segmenter: Segmenter) -> None:
    """It says all that is asked, but for the year."""
    clues = found(segmenter, "2025年讲座几场", "46场").clues
    assert (clues.year, clues.other_year, clues.numbers) == (0.0, 1.0, 0.0)


def test_one_of_two_years_is_not_another_year(segmenter: Segmenter) -> None:
    """Half of what was asked for stands there."""
    clues = found(segmenter, "2024年和2025年讲座几场", "46场").clues
    assert (clues.year, clues.other_year) == (0.5, 0.0)


def test_a_report_without_years_is_of_no_other_year(segmenter: Segmenter) -> None:
    """Nothing speaks against it, and nothing for it."""
    clues = found(segmenter, "2025年讲座几场", "46场", make_passage(TEXT)).clues
    assert (clues.year, clues.other_year) == (0.0, 0.0)


def test_the_year_is_the_one_told_last(segmenter: Segmenter) -> None:
    """A year before the sentence dates it, too; one after it does not."""
    passage = make_passage("举办展览3场。2023年举办讲座40场。演出由陈立群主持。2022年停办。")
    assert found(segmenter, "2023年展览几场", "3场", passage).clues.year == 0.0
    assert found(segmenter, "2023年讲座几场", "40场", passage).clues.year == 1.0
    assert found(segmenter, "2023年演出谁主持", "陈立群", passage).clues.year == 1.0
    assert found(segmenter, "2022年演出谁主持", "陈立群", passage).clues.other_year == 1.0


def test_the_part_of_a_report_tells_the_year(segmenter: Segmenter) -> None:
    """A report of 2024 looks back at 2023: what it says there is not about 2024."""
    passage = make_passage("失业率5.2%。", headings=("一、2023年工作回顾",), title="2024年工作报告")
    assert found(segmenter, "2024年失业率", "5.2%", passage).clues.other_year == 1.0
    assert found(segmenter, "2023年失业率", "5.2%", passage).clues.year == 1.0


def test_a_question_that_names_nothing_lacks_nothing(segmenter: Segmenter) -> None:
    """No number, no name, no year: all of them are there."""
    clues = found(segmenter, "讲座几场", "46场").clues
    assert (clues.numbers, clues.names, clues.year, clues.other_year) == (1.0, 1.0, 1.0, 0.0)


def test_names_that_are_not_there(segmenter: Segmenter) -> None:
    """Half of those asked for stand in the passage, traditional characters or not."""
    passage = make_passage("“書香小屋”舉辦講座46場。")
    clues = found(segmenter, "“书香小屋”以及“银龄讲堂”办了几场", "46場", passage).clues
    assert clues.names == 0.5


def test_a_sentence_without_what_is_asked_for_does_not_fit(segmenter: Segmenter) -> None:
    """A question for a person wants a name; one without a question word takes anything."""
    assert found(segmenter, "讲座由谁主持", "46场").clues.fits == 0.0
    assert found(segmenter, "讲座由谁主持", "陈立群").clues.fits == 1.0
    assert found(segmenter, "讲座情况", "46场").clues.fits == 1.0


def test_offsets_are_those_of_the_passage(segmenter: Segmenter) -> None:
    """The window begins in the middle of it."""
    found_there = found(segmenter, "讲座由谁主持", "陈立群", room=10)
    assert found_there.window.span.start > 0
    assert found_there.quote == "陈立群"
    assert found_there.sentences == sentences(TEXT)[2]


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("原因如下。\n1. 雨热同季。\n2. 居民喜用水培植物。", "1. 雨热同季", "雨热同季"),
        ("原因如下。\n（二）居民喜用水培植物。", "（二）居民喜用水培植物", "居民喜用水培植物"),
        ("二、讲座由陈立群主持。", "二、讲座由陈立群主持", "讲座由陈立群主持"),
        ("一、二号线停运两天。", "一、二号线", "一、二号线"),
        ("停运的有：1、2号线。", "1、2号线", "1、2号线"),
        ("投资3.5亿元。", "3.5亿元", "3.5亿元"),
        ("座谈会的三、四组在楼上。", "三、四组", "三、四组"),
    ],
)
def test_a_quote_leaves_the_number_of_its_item_behind(
    segmenter: Segmenter, text: str, quote: str, expected: str
) -> None:
    """What numbers a list is no part of what an item says; numbers that tell something are."""
    assert found(segmenter, "为什么", quote, make_passage(text)).quote == expected


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("客运量是多少", "1.85亿人次，正点率不低于99.9%，延误9件", "1.85亿人次"),
        ("正点率是多少", "1.85亿人次，正点率不低于99.9%，延误9件", "正点率不低于99.9%"),
        (
            "客运量和正点率各是多少",
            "1.85亿人次，正点率不低于99.9%",
            "1.85亿人次，正点率不低于99.9%",
        ),
        ("谁来督导", "由陈立群督导，科长邱念慈负责执行", "由陈立群督导"),
        ("哪天执行的", "科长邱念慈负责执行", "科长邱念慈负责执行"),
        ("为什么延误", "正点率不低于99.9%，延误9件", "正点率不低于99.9%，延误9件"),
    ],
)
def test_a_number_a_time_or_a_person_is_quoted_with_one_clause(
    segmenter: Segmenter, question: str, quote: str, expected: str
) -> None:
    """The clause that has most of the question; all of them where more than one is asked for."""
    text = "客运量1.85亿人次，正点率不低于99.9%，延误9件。由陈立群督导，科长邱念慈负责执行。"
    assert found(segmenter, question, quote, make_passage(text)).quote == expected


def test_a_citation_of_a_finding(segmenter: Segmenter) -> None:
    """The same characters, in their sentence, with the score it is given."""
    citation = found(segmenter, "讲座几场", "46场").cite(0.8)
    assert (citation.quote, citation.sentence) == ("46场", sentences(TEXT)[1])
    assert citation.score == 0.8


@settings(deadline=None)
@given(question=texts, text=texts.filter(str.strip), data=st.data())
def test_any_span_of_any_window_can_be_cited(
    segmenter: Segmenter, question: str, text: str, data: st.DataObject
) -> None:
    """The quote is the passage's, near what was scored; shares and yes-or-no are 0..1."""
    passage = make_passage(text)
    (window,) = windows([make_hit(passage)], 1, 40)
    start = data.draw(st.integers(0, len(window.text) - 1))
    end = data.draw(st.integers(start + 1, len(window.text)))
    asked = Asked.of(question, segmenter)
    (one,) = findings_in(asked, window, [ScoredSpan(Span(start, end), 1.0)], 0.0, segmenter)
    citation = one.cite(1.0)
    assert one.quote == citation.quote
    assert citation.start < window.span.start + end
    assert window.span.start + start < citation.end
    assert citation.quote in text[slice(*citation.sentence)]
    shares = set(CLUES) - {"margin", "lead", "similarity"}
    assert all(0 <= getattr(one.clues, clue) <= 1 for clue in shares)


TABLE = "市场 | 检测批次 | 合格率\n南关 | 900 | 98.3%\n东门 | 360。 | 已查；98.1%"


@pytest.mark.parametrize(
    ("question", "quote", "expected"),
    [
        ("南关的合格率是多少", "900 | 98.3%", "98.3%"),
        ("哪里的合格率是98.3%", "南关 | 900", "南关 | 900"),
        ("东门的合格率是多少", "东门 | 360", "东门 | 360"),
    ],
    ids=["the cell asked for", "a row is asked for", "the cell is outside the sentence"],
)
def test_cells_of_tables(segmenter: Segmenter, question: str, quote: str, expected: str) -> None:
    """A quote is one cell where that is asked for and stands in the sentences cited."""
    finding = found(segmenter, question, quote, make_passage(TABLE))
    assert finding.quote == expected
    assert finding.cite(1.0).quote == expected


def test_the_head_of_a_long_table_may_be_in_an_earlier_passage(segmenter: Segmenter) -> None:
    """A table that was cut keeps its headings, for they are looked for in the report."""
    whole = make_passage(TABLE).document
    slice_ = Passage("rows", whole, whole.text.index("南关"), whole.text.index("。"), ())
    assert found(segmenter, "南关的合格率是多少", "900 | 98.3%", slice_).quote == "98.3%"
