"""Where sentences end, and where they do not."""

import pytest
from hypothesis import given

from corpus.text import sentences
from tests.corpus.writing import texts


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@given(texts)
def test_sentences_join_back(text: str) -> None:
    """Whatever the text, nothing is lost and nothing overlaps."""
    assert "".join(_cut(text)) == text


@given(texts)
def test_no_sentence_is_blank(text: str) -> None:
    """A blank sentence is there only when all is blank."""
    assert not text.strip() or all(sentence.strip() for sentence in _cut(text))


@given(texts)
def test_no_sentence_holds_a_line_end_inside(text: str) -> None:
    """Line ends always end a sentence."""
    assert all(len(sentence.strip().splitlines()) <= 1 for sentence in _cut(text))


@pytest.mark.parametrize(
    "parts",
    [
        ["甲一。", "乙二！", "丙三？", "丁四；", "戊五……", "己六"],
        ["Is it so? ", "Yes! ", "先这样;", "再那样"],
        ["第一行\n", "第二行。\r\n\u3000\u3000", "第三行"],
        ["甲一。\n\n\n  ", "乙二。  "],
        ["“都来学习。”", "他说完就走了。"],
        ['他说:"都来学习。"', "大会开始。", '"好!"众人答'],
        ["结束了！！！", "真的？！", "嗯"],
        ["报告完了。）", "下一项"],
    ],
    ids=["marks", "ascii", "lines", "blank", "quoted", "ascii-quotes", "runs", "stray-bracket"],
)
def test_ends(parts: list[str]) -> None:
    """Marks and line ends end a sentence; closing marks and white space stay with it."""
    assert _cut("".join(parts)) == parts


@pytest.mark.parametrize(
    "text",
    [
        "10月 28日,大会举行了开幕式",
        "3.会议开幕式",
        "1. 总则",
        "十二. 附则",
        "增长8.2%，达到1863.4亿元",
        "见《今天我们怎样学习？》一书",
        "会议（由局长主持。副局长出席。）圆满结束",
        "会议(由局长主持。副局长出席。）圆满结束",
        "“为什么？”的问题",
        "“好！”，他答道",
        "“停车难！”、“入园难！”两个问题",
        "详见 www.example.org/a?b=1 网页",
        "墨西哥城的Ofelia ?ngulo女士",
        "the U.S. delegation and Dr. Smith",
        "由J. K. Rowling女士致辞",
        "David.Atchoarena",
        "版本V2.1和3.0版",
    ],
    ids=lambda text: text[:12],
)
def test_does_not_end(text: str) -> None:
    """Numbers, dates, list marks, names, titles and brackets do not break a sentence."""
    assert _cut(text) == [text]


@pytest.mark.parametrize(
    "parts",
    [
        ["The forum opened in Seoul. ", "It closed on Friday."],
        ["成员加入GNLC. ", "会议随后开始"],
        ["没有支付赎金. ", "经评估，损失不大"],
        ["台账共 9台. ", "7月 10日完成"],
        ["They agreed (all of them). ", "Then they left"],
    ],
    ids=["english", "letters-then-han", "chinese", "date-after", "bracket"],
)
def test_full_stop_ends(parts: list[str]) -> None:
    """An ASCII point ends a sentence where white space and a new one follow."""
    assert _cut("".join(parts)) == parts


def test_a_bracketed_sentence_stands_alone() -> None:
    """A bracket that opens a sentence and ends with it is a sentence of its own."""
    assert _cut("会议开始。（全场鼓掌。）随后发言。") == [
        "会议开始。",
        "（全场鼓掌。）",
        "随后发言。",
    ]


def test_an_open_bracket_does_not_swallow_the_paragraph() -> None:
    """A bracket that is not closed on its line protects nothing."""
    assert _cut("甲（乙一。丙二。\n丁）。") == ["甲（乙一。", "丙二。\n", "丁）。"]


@pytest.mark.parametrize(("text", "expected"), [("", []), (" \n", [" \n"])], ids=["empty", "blank"])
def test_nothing_to_cut(text: str, expected: list[str]) -> None:
    """Empty text has no sentence, blank text one."""
    assert _cut(text) == expected


def test_long_lines_take_linear_time() -> None:
    """A line of 200,000 marks is cut at once, not in minutes."""
    assert len(sentences('。"' * 100_000)) > 1000
