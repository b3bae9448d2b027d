"""Passages: what stays together, what is sliced, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.splitter import split
from corpus.text import sentences
from tests.corpus.writing import document, texts

_SENTENCE = "全年共举办各类讲座四十六场，参加的居民达到三千二百人次，比上一年有明显增加，反响良好。"
_BODY = _SENTENCE * 2


def _passages(text: str, limit: int = 500) -> list[str]:
    return [passage.text for passage in split(document(text), limit)]


@given(texts, st.integers(1, 80))
def test_passages_hold_everything_but_white_space(text: str, limit: int) -> None:
    """In order, without overlap, and only white space stands between them."""
    passages = split(document(text), limit)
    end = 0
    for passage in passages:
        assert not text[end : passage.start].strip()
        assert passage.text == text[passage.start : passage.end] == passage.text.strip()
        end = passage.end
    assert not text[end:].strip()


@given(texts, st.integers(1, 80))
def test_long_passages_are_single_sentences(text: str, limit: int) -> None:
    """Only a sentence is longer than the limit, and none is longer than two."""
    for passage in split(document(text), limit):
        if len(passage.text) > limit:
            assert len(sentences(passage.text)) == 1
            assert len(passage.text) <= 2 * limit


def test_ids_count_from_one() -> None:
    """The id is the document's and four digits."""
    passages = split(document(f"{_BODY}\n\n{_BODY}\r\n{_BODY}"))
    assert [passage.id for passage in passages] == ["report:0001", "report:0002", "report:0003"]


def test_headings_lead_their_first_paragraph() -> None:
    """Title and headings open a passage; its path and the later paragraphs' paths name them."""
    text = (
        f"工作报告\n{_BODY}\n一、基本情况\n（一）背景\n{_BODY}\n{_SENTENCE * 3}\n二、打算\n{_BODY}"
    )
    passages = split(document(text))
    assert [(p.text, p.headings) for p in passages] == [
        (f"工作报告\n{_BODY}", ()),
        (f"一、基本情况\n（一）背景\n{_BODY}", ("一、基本情况", "（一）背景")),
        (_SENTENCE * 3, ("一、基本情况", "（一）背景")),
        (f"二、打算\n{_BODY}", ("二、打算",)),
    ]


def test_a_heading_with_nothing_under_it_stands_alone() -> None:
    """It can still be found, and does not lead a section that is not its own."""
    assert _passages(f"报告\n{_BODY}\n一、略\n附件一\n名单\n{_BODY}")[1:] == [
        "一、略",
        f"附件一\n名单\n{_BODY}",
    ]


def test_a_run_in_heading_is_in_the_path_of_its_own_paragraph() -> None:
    """The paragraph stays whole, and the ones after it know its heading."""
    paragraph = f"（一）加强领导。{_BODY}"
    passages = split(document(f"报告\n{_BODY}\n{paragraph}\n{_BODY}"))[1:]
    assert [p.text for p in passages] == [paragraph, _BODY]
    assert {p.headings for p in passages} == {("（一）加强领导",)}


def test_title_and_bylines_are_one_passage() -> None:
    """Who reported what and when can be read together."""
    front = "某市工作报告\n——在第二次会议上\n某市市长　张三"
    assert _passages(f"{front}\n{_BODY}") == [front, _BODY]


def test_a_salutation_goes_with_what_follows() -> None:
    """A short line with a colon says nothing by itself."""
    assert _passages(f"{_BODY}\n{_BODY}\n各位代表：\n{_BODY}")[-1] == f"各位代表：\n{_BODY}"


@pytest.mark.parametrize(
    "items",
    [
        "1.图书馆；\n2.文化馆；\n3.博物馆。",
        "（一）图书馆免费开放。\n（二）文化馆延长时间。\n（三）博物馆办展。",
        "1.图书馆。周一闭馆。\n2.文化馆。周二闭馆。\n3.博物馆。周三闭馆。",
        "- 图书馆\n- 文化馆\n- 博物馆",
        "图书馆\n文化馆\n博物馆",
    ],
    ids=["semicolons", "sentences", "run-in", "bullets", "plain"],
)
def test_a_list_stays_with_its_lead_in(items: str) -> None:
    """An enumeration can be read and quoted whole."""
    lead_in = f"{_SENTENCE}这些场馆全年开放，面向全体居民，具体包括以下三类文化设施："
    assert _passages(f"报告\n{_BODY}\n{lead_in}\n{items}\n{_BODY}")[1:] == [
        f"{lead_in}\n{items}",
        _BODY,
    ]


def test_a_list_of_run_in_headings_is_under_its_section() -> None:
    """The path of a joined list is the lead-in's, not that of one of its items."""
    items = "1.气候因素。退水过早。\n2.居住习惯。积水较多。"
    passages = split(document(f"报告\n{_BODY}\n一、原因\n主要有两个：\n{items}\n{_BODY}"))
    assert passages[1].text == f"一、原因\n主要有两个：\n{items}"
    assert passages[1].headings == ("一、原因",)


def test_articles_are_passages_of_their_own() -> None:
    """Short articles are not list items: each is cited by its number."""
    articles = ["第一条 灯塔是共同记忆。", "第二条 灯塔应当整体保护。"]
    passages = split(document("\n".join(["宣言", _BODY, f"{_BODY}宣布如下：", *articles])))
    assert [p.text for p in passages[2:]] == articles
    assert [p.headings for p in passages[2:]] == [("第一条",), ("第二条",)]


def test_long_items_stand_alone() -> None:
    """Items that are paragraphs are passages of their own."""
    items = [f"{n}.{_BODY}" for n in (1, 2, 3)]
    lead_in = f"{_SENTENCE}主要有以下考虑："
    assert _passages("\n".join(["报告", _BODY, lead_in, *items]))[1:] == [lead_in, *items]


@pytest.mark.parametrize(
    "rows",
    [
        ["地区\t人口\t面积", "东区\t12万\t30", "西区\t9万\t25"],
        ["| 地区 | 人口 |", "|---|---|", "| 东区 | 12万 |"],
        ["地区    人口    面积", "东区    12万    30", "西区    9万    25"],
    ],
    ids=["tabs", "bars", "spaces"],
)
def test_a_table_stays_together(rows: list[str]) -> None:
    """Header, rows and caption are one passage."""
    table = "\n".join(["表1 各区情况", *rows])
    assert _passages(f"报告\n{_BODY}\n{table}\n{_BODY}")[1] == table


def test_a_long_table_is_cut_between_rows() -> None:
    """The header row is in the first passage; no row is cut."""
    rows = ["地区\t人口"] + [f"第{n}区\t{n}万" for n in range(100)]
    passages = _passages(f"报告\n{_BODY}\n" + "\n".join(rows), limit=200)[1:]
    assert passages[0].startswith("地区\t人口")
    assert "\n".join(passages).split("\n") == rows
    assert all(len(passage) <= 200 for passage in passages)


def test_long_paragraphs_are_sliced_evenly() -> None:
    """Slices end with a sentence, keep the path, and are about equally long."""
    passages = split(document(f"报告\n{_BODY}\n一、情况\n{_SENTENCE * 13}"))[1:]
    lengths = [len(passage.text) for passage in passages]
    assert len(passages) == 2
    assert max(lengths) - min(lengths) < 2 * len(_SENTENCE)
    assert all(passage.text.endswith("。") for passage in passages)
    assert {passage.headings for passage in passages} == {("一、情况",)}


def test_an_endless_sentence_is_cut_at_commas() -> None:
    """Only beyond two limits, and then after a comma."""
    clause = "参加的居民达到三千二百人次，"
    assert len(_passages(clause * 6, limit=50)) == 1
    assert all(passage.endswith("，") for passage in _passages(clause * 20, limit=50))


def test_nothing_to_split() -> None:
    """A blank document has no passages, a lone title is one."""
    assert _passages(" \n") == []
    assert _passages("工作报告\n") == ["工作报告"]
