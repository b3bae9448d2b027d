"""The cell of a table that a question asks for."""

import pytest

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


def asked(text: str, question: str, quote: str) -> str:
    """The cell that is quoted where the reader takes `quote`."""
    start = text.index(quote)
    span = cell_asked(text, question, Span(start, start + len(quote)))
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "question", "quote", "cell"),
    [
        (COUNTS, "2023—2024年度数到多少白鹤", "412 | 463 | +12.4%", "463"),
        (COUNTS, "白鹤2022年到2023年那一年度有多少", "412 | 463", "412"),
        (COUNTS, "青头潜鸭2023—2024年度数到几只", "37 | 54 | +45.9% |", "54"),
        (COUNTS, "青头潜鸭增减了多少", "| 青头潜鸭 | 37 | 54 | +45.9%", "+45.9%"),
        (MARKETS, "南关不合格的有几批", "900 | 15 | 98.3%", "15"),
        (MARKETS, "南关市场合格率", "南关批发市场 | 900 | 15", "98.3%"),
    ],
)
def test_the_cell_under_the_heading_asked_for(
    text: str, question: str, quote: str, cell: str
) -> None:
    """Several cells become the one of the column whose heading the question says most of."""
    assert asked(text, question, quote) == cell


@pytest.mark.parametrize(
    ("text", "question", "quote"),
    [
        (COUNTS, "白鹤怎么样", "412 | 463"),  # no column is asked for
        (COUNTS, "2023年度白鹤", "412 | 463"),  # two are
        (COUNTS, "2023—2024年度白鹤", "412"),  # one cell
        (COUNTS, "2023—2024年度", "463 | +12.4% |\n| 青头潜鸭 | 37"),  # two rows
        (COUNTS, "增减", "以上为初步结果 | 待核"),  # not a row of the table
        (MARKETS, "东门不合格的几批", "360 |  | 98.1%"),  # a cell is empty
        ("没有表格。", "没有什么", "没有表格"),
    ],
)
def test_what_stays(text: str, question: str, quote: str) -> None:
    """Where no single cell is asked for, the quote is the reader's."""
    assert asked(text, question, quote) == quote
