"""The cell of a table that a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text import normalize
from corpus.types import Span
from qa.tables import cell_asked

COUNTS = """数量变化见下表：
| 物种 | 2022—2023年度（只） | 2023—2024年度（只） | 增减 |
| --- | --- | --- | --- |
| 白鹤 | 412 | 463 | +12.4% |
| 青头潜鸭 | 37 | 54 | +45.9% |
以上为初步结果 | 待核。"""
MARKETS = """市场名称 | 检测批次 | 不合格批次 | 合格率
南关批发市场 | 900 | 15 | 98.3%
东门早市 | 360 |  | 98.1%"""
STEPS = "问题 | 措施 | 进展情况\r\n河道淤积。 | 清淤；护岸 | 已完成。\r\n-- | - | -"
BLANK_CORNER = "|  | 2022年 | 2023年 |\n| :-- | --: | --: |\n| 收入 | 3亿元 | 5亿元 |"


def asked(text: str, question: str, quote: str) -> str:
    """The cell that is quoted where the reader takes `quote`."""
    start = text.index(quote)
    span = cell_asked(text, normalize(question), Span(start, start + len(quote)))
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "question", "quote", "cell"),
    [
        (COUNTS, "2023—2024年度数到多少白鹤", "412 | 463 | +12.4%", "463"),
        (COUNTS, "白鹤2022年到2023那一年度有多少", "412 | 463", "412"),
        (COUNTS, "青头潜鸭2023—2024年度数到几只", "37 | 54 | +45.9% |", "54"),
        (COUNTS, "青头潜鸭增减了多少", "| 青头潜鸭 | 37 | 54 | +45.9%", "+45.9%"),
        (MARKETS, "南关不合格的有几批", "900 | 15 | 98.3%", "15"),
        (MARKETS, "南关市场合格率", "南关批发市场 | 900 | 15", "98.3%"),
        (MARKETS, "東門的合格率是多少", "360 |  | 98.1%", "98.1%"),
        (STEPS, "河道淤积的进展情况如何", "河道淤积。 | 清淤", "已完成。"),
        (BLANK_CORNER, "收入2022年是多少", "3亿元 | 5亿元", "3亿元"),
    ],
)
def test_the_cell_under_the_heading_asked_for(
    text: str, question: str, quote: str, cell: str
) -> None:
    """Several cells become the one of the column that the question names or says most of."""
    assert asked(text, question, quote) == cell


@pytest.mark.parametrize(
    ("text", "question", "quote"),
    [
        (COUNTS, "白鹤怎么样", "412 | 463"),  # no column is asked for
        (COUNTS, "2023年度白鹤", "412 | 463"),  # two are
        (MARKETS, "检测批次和合格率各是多少", "900 | 15 | 98.3%"),  # two are, by name
        (COUNTS, "2023—2024年度白鹤", "412"),  # one cell
        (COUNTS, "2023—2024年度", "463 | +12.4% |\n| 青头潜鸭 | 37"),  # two rows
        (COUNTS, "增减", "以上为初步结果 | 待核"),  # another number of cells
        (COUNTS, "增减", "--- | ---"),  # the rule
        (COUNTS, "哪种鸟2023—2024年度有463只", "白鹤 | 412 | 463"),  # the cell is known
        (MARKETS, "东门不合格批次", "360 |  | 98.1%"),  # the cell is empty
        (MARKETS, "市场名称", "南关批发市场 | 900"),  # the rows' labels
        (MARKETS, "合格率", "检测批次 | 不合格批次"),  # the heading itself, said by the question
        ("甲\t乙\n1\t2", "乙", "1\t2"),  # not with bars
        ("没有表格。", "没有什么", "没有表格"),
    ],
)
def test_what_stays(text: str, question: str, quote: str) -> None:
    """Where no single cell is asked for, the quote is the reader's."""
    assert asked(text, question, quote) == quote


def test_escaped_bars_do_not_end_a_cell() -> None:
    """A bar behind a backslash is a character of its cell."""
    assert asked("| 项目 | 甲\\|乙类 | 丙类 |\n| 数 | 3 | 4 |", "丙类有多少", "3 | 4") == "4"


@given(st.text(alphabet="|- \n:甲乙1\\", max_size=40), st.data())
def test_any_span_gives_a_span_of_the_same_text(text: str, data: st.DataObject) -> None:
    """Whatever looks like a table, the result lies in the text, and is empty only as given."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cell = cell_asked(text, "甲乙", Span(start, end))
    assert 0 <= cell.start <= cell.end <= len(text)
    assert cell.start < cell.end or cell == (start, end)
