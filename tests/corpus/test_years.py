"""Years in the ways that reports and questions write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.years import told_years, with_full_years, years
from tests.corpus.writing import texts


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("24年客流多少", "2024年客流多少"),
        ("二四年客流多少", "2024年客流多少"),
        ("二〇二四年客流多少", "2024年客流多少"),
        ("一九九八年的洪水", "1998年的洪水"),
        ("二零二五年和○九年", "2025年和2009年"),
        ("98年与23年", "1998年与2023年"),
        ("49年到50年", "2049年到1950年"),
        ("FY25年报", "FY2025年报"),
    ],
    ids=[
        "two digits", "two numerals", "four numerals", "last century", "zeros", "both centuries",
        "turn of the century", "fiscal year",
    ],
)  # fmt: skip
def test_short_and_written_years_become_full(question: str, expected: str) -> None:
    """Each is written as reports write it most, in four digits."""
    assert with_full_years(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "2024年客流多少",
        "承包期再延长30年",
        "过去10年",
        "近20年来",
        "10年内完成",
        "15年以前",
        "十五年",
        "二十四年",
        "12.5年",
        "第24年",
        "一二年级有几个班",
        "2024年12月",
        "",
    ],
)
def test_durations_and_full_years_are_left_alone(question: str) -> None:
    """What is no short year stays as it is, to the byte."""
    assert with_full_years(question) == question


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年工作报告", {2024}),
        ("２０２４年工作报告", {2024}),
        ("二〇二五年五月", {2025}),
        ("2023—2024年度", {2023, 2024}),
        ("FY2025, in 2026?", {2025, 2026}),
        ("1998年和一九九八年", {1998}),
        ("2024", {2024}),
    ],
    ids=["digits", "full width", "numerals", "a range", "English", "the same twice", "bare"],
)
def test_years_named(text: str, expected: set[int]) -> None:
    """Digits and numerals name the same years."""
    assert years(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "来自各国的2000余位代表", "2000人", "20318元", "1928.6万人次", "2,024件", "12024", "24年",
        "1800年", "长2000米", "面积1950平方米", "",
    ],
)  # fmt: skip
def test_amounts_and_short_years_name_none(text: str) -> None:
    """A number of people is no year, and a short year could be a duration."""
    assert years(text) == frozenset()


@given(st.integers(1950, 2049))
def test_every_way_to_write_a_year_names_it(year: int) -> None:
    """Four digits, two digits and numerals meet once the question is made full."""
    numerals = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    for question in (f"{year}年", f"{year % 100:02}年", f"{numerals}年"):
        assert years(with_full_years(question)) == {year}


@given(texts)
def test_making_full_twice_changes_nothing_more(text: str) -> None:
    """Whatever the text, once is enough."""
    full = with_full_years(text)
    assert with_full_years(full) == full


@pytest.mark.parametrize(
    ("above", "sentence", "expected"),
    [
        (("2024年工作报告",), "失业率5.2%。", {2024}),
        (("2024年工作报告", "一、2023年工作回顾"), "失业率5.2%。", {2023}),
        (("2024年工作报告", "一、2023年工作回顾", "（一）就业"), "失业率5.2%。", {2023}),
        (("2024年工作报告",), "上年为5.5%。", {2023, 2024}),
        (("2024年工作报告", "五、下一年度安排"), "目标是5%。", {2024, 2025}),
        (("2024年工作报告",), "比2019年低。", {2019, 2024}),
        (("工作报告",), "去年为5.5%。", set()),
    ],
    ids=["title", "heading", "outer heading", "last year", "next year", "its own", "none"],
)
def test_years_that_a_sentence_speaks_of(
    above: tuple[str, ...], sentence: str, expected: set[int]
) -> None:
    """What it names itself, and what stands above it, innermost first."""
    assert told_years(above, [sentence]) == [expected]


def test_a_year_told_before_goes_on() -> None:
    """Until the next one; the sentences before it know nothing of it."""
    said = ["筹建。", "2020年开馆。", "接待三万人。", "2021年扩建。", "闭馆半年。"]
    assert told_years((), said) == [set(), {2020}, {2020}, {2020, 2021}, {2021}]
