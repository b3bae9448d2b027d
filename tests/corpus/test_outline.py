"""Headings told from list items, numbered paragraphs and titles, and how they nest."""

import pytest
from hypothesis import given

from corpus.outline import headings_at, outline, title
from tests.corpus.writing import texts

_BODY = "全年共举办各类讲座四十六场，参加的居民达到三千二百人次，比上一年有明显增加。"


def _outlined(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in outline(f"报告\n{text}")]


@given(texts)
def test_sections_are_in_order_and_nested(text: str) -> None:
    """Sections start with their heading, in order, each inside the one a level further out."""
    opened: list[int] = []
    for section in outline(text):
        assert 0 <= section.start < section.end <= len(text)
        assert section.heading in text[section.start : section.end]
        assert 1 <= section.level <= len(opened) + 1
        opened[section.level - 1 :] = [section.end]
        assert all(section.end <= end for end in opened)


@given(texts)
def test_headings_at_a_section_start_end_with_its_own(text: str) -> None:
    """The path at a heading is one heading for each level down to its own."""
    sections = outline(text)
    for section in sections:
        path = headings_at(sections, section.start)
        assert len(path) == section.level
        assert path[-1] == section.heading


@pytest.mark.parametrize(
    "heading",
    [
        "第一编 总则",
        "第二部分　主要做法",
        "第一章 总则",
        "第3节 组织机构",
        "附件一：代表团名单",
        "附录 术语说明",
        "附表说明",
        "壹、緒論",
        "一、会议基本情况",
        "二, 阅读行为",
        "（一）背景",
        "(十二)其他",
        "3.会议开幕式",
        "2、主要活动",
        "1　项目概况",
        "2.1 地表水资源量",
        "2.1水库蓄水",
        "2.1.3 供水量",
        "(1)扩面提质",
        "1）扩面提质",
        "①扩面提质",
        "前　言",
        "【结语】",
    ],
)
def test_a_line_that_is_a_heading(heading: str) -> None:
    """Every kind of mark opens a section where a paragraph follows."""
    assert _outlined(f"{heading}\n{_BODY}") == [(1, heading)]


@pytest.mark.parametrize(
    "line",
    [
        "3.5亿元的投资已经到位",
        "10 月 28 日举行开幕式",
        "2025年工作回顾",
        "第三届大会概况",
        "第三条规定了适用范围",
        "附近居民普遍欢迎",
        "一、总体情况……………3",
        "1. 张三  男  四十二岁",
        "（来源：本会秘书处）",
        "表1 各区人口",
        "——在大会上的讲话",
    ],
)
def test_a_line_that_is_no_heading(line: str) -> None:
    """Numbered paragraphs, figures, dates, rows and contents open no section."""
    assert _outlined(f"{line}\n{_BODY}") == []


def test_kinds_of_marks_nest() -> None:
    """A heading nests in the last one of an outer kind, whatever kinds are missing between."""
    text = f"一、甲\n（一）乙\n1.丙\n{_BODY}\n（二）丁\n(1)戊\n{_BODY}\n附件一\n己\n{_BODY}"
    assert _outlined(text) == [
        (1, "一、甲"),
        (2, "（一）乙"),
        (3, "1.丙"),
        (2, "（二）丁"),
        (3, "(1)戊"),
        (1, "附件一"),
        (2, "己"),
    ]


def test_markdown_headings_are_outside_all_marks() -> None:
    """# gives the level, trailing # and the title's own # are left out."""
    text = f"# 简报\n## 结果 ##\n一、水质\n{_BODY}\n### 细节\n{_BODY}\n## 下一步\n{_BODY}"
    sections = [(section.level, section.heading) for section in outline(text)]
    assert sections == [(1, "结果"), (2, "一、水质"), (2, "细节"), (1, "下一步")]


def test_a_run_in_heading_governs_what_follows() -> None:
    """（一）加强领导。各级…… opens a section that lasts until the next one of its kind."""
    text = f"一、任务\n（一）加强领导，压实责任。{_BODY}\n{_BODY}\n（二）加强宣传。{_BODY}"
    assert _outlined(text) == [
        (1, "一、任务"),
        (2, "（一）加强领导，压实责任"),
        (2, "（二）加强宣传"),
    ]
    sections = outline(text)
    assert headings_at(sections, text.index(f"\n{_BODY}"))[-1] == "（一）加强领导，压实责任"


def test_a_run_in_section_ends_at_the_next_paragraph_of_its_kind() -> None:
    """A paragraph （二） without a heading is not under the heading of （一）."""
    text = f"总结\n(1)在线空间。{_BODY}\n(2)各方要协同，要合作，要建立长效机制。{_BODY}"
    sections = outline(text)
    assert headings_at(sections, text.index("(2)")) == ()


def test_a_sentence_can_be_a_heading() -> None:
    """A short numbered sentence with its own paragraphs is a heading, without its full stop."""
    assert _outlined(f"1.关于学习型城市的作用。\n{_BODY}\n2.关于两者的关系。\n{_BODY}") == [
        (1, "1.关于学习型城市的作用"),
        (1, "2.关于两者的关系"),
    ]


@pytest.mark.parametrize(
    "items",
    [
        "1.我们强调合作。\n2.我们呼吁支持。\n3.我们承诺行动。",
        "（一）图书馆\n（二）文化馆\n（三）博物馆",
        "（一）资格审查；\n（二）现场评审；\n（三）公示。",
        "一、总体情况\n二、主要工作\n三、下步打算\n目录完",
    ],
    ids=["sentences", "names", "semicolons", "contents"],
)
def test_lists_open_no_sections(items: str) -> None:
    """Neighbouring items of one kind are a list; the last before body may be a heading."""
    assert len(_outlined(f"包括：\n{items}")) <= 1


def test_articles_are_known_by_their_number() -> None:
    """An article's heading is its name where it has one, else its number."""
    text = "第一章 总则\n第一条　为了规范管理，根据有关规定，结合实际，制定本办法。\n"
    text += (
        f"第二条（适用范围）　{_BODY}\n第三条 职责分工。{_BODY}\n第四条 本办法自发布之日起施行。"
    )
    assert _outlined(text) == [
        (1, "第一章 总则"),
        (2, "第一条"),
        (2, "第二条（适用范围）"),
        (2, "第三条 职责分工"),
        (2, "第四条"),
    ]


def test_an_annex_on_one_line() -> None:
    """The name before the colon or full stop is the annex's heading."""
    assert _outlined(f"一、甲\n{_BODY}\n附件一：获奖名单（节选）：张三、李四、王五。") == [
        (1, "一、甲"),
        (1, "附件一：获奖名单（节选）"),
    ]


def test_a_preface_ends_at_the_first_numbered_heading() -> None:
    """Numbered sections stand beside 前言, not in it."""
    assert _outlined(f"前言\n{_BODY}\n1. 降水\n{_BODY}") == [(1, "前言"), (1, "1. 降水")]


def test_a_bare_line_may_open_a_numbered_part() -> None:
    """Before 一、 or 1. it is the heading of what is numbered; it ends run-in sections."""
    text = f"第一章 总则\n第一条 {_BODY}\n年度执行情况\n一、申请\n{_BODY}"
    assert _outlined(text) == [
        (1, "第一章 总则"),
        (2, "第一条"),
        (2, "年度执行情况"),
        (3, "一、申请"),
    ]


@pytest.mark.parametrize("heading", ["【结语】", "摘要"])
def test_a_named_part_may_be_run_in(heading: str) -> None:
    """【结语】 and 摘要： may open their paragraph."""
    opening = heading if heading.endswith("】") else f"{heading}："
    assert _outlined(f"一、甲\n{_BODY}\n{opening}{_BODY}") == [(1, "一、甲"), (1, heading)]


def test_a_bare_line_between_paragraphs_is_a_heading() -> None:
    """It needs a full paragraph before and after it, and stays inside its section."""
    text = f"附件一\n宣言\n{_BODY}\n推进方式\n{_BODY}\n——在大会上\n{_BODY}"
    assert _outlined(text) == [(1, "附件一"), (2, "宣言"), (2, "推进方式")]


def test_signatures_and_bylines_are_no_headings() -> None:
    """Short lines at the beginning and the end open no section."""
    text = f"某市人民政府市长　张三\n{_BODY}\n某市终身学习协会\n2025年3月1日"
    assert _outlined(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\n \n 工作报告 \n正文", "工作报告"),
        ("# 工作报告 #\n正文", "工作报告"),
        ("附件：工作报告\n正文", "附件：工作报告"),
        ("一、基本情况\n正文", None),
        ("长" * 200, None),
        (" \n", None),
    ],
    ids=["first-line", "markdown", "annex", "heading", "paragraph", "blank"],
)
def test_title(text: str, expected: str | None) -> None:
    """The title is the first line, unless that is a heading or a paragraph."""
    assert title(text) == expected
