"""Text for the tests of the corpus: arbitrary, report-like, and two real paragraphs' worth."""

from hypothesis import strategies as st

from corpus.types import Document

SIMPLIFIED = (
    "今年春天，河湾县图书馆完成了旧馆改造。新的阅览室共有三层，可以同时容纳四百名读者；"
    "一楼是儿童借阅区，二楼开放社科与文学书库，三楼设有自习室和小型报告厅。为了方便老年读者，"
    "馆里增加了放大镜、老花镜和无障碍通道，还请志愿者每周三下午教大家使用手机借书。"
    "据统计，改造以后每月到馆人数比去年同期增长了两成，其中六十岁以上的读者增加最多。"
)
TRADITIONAL = (
    "今年春天，河灣縣圖書館完成了舊館改造。新的閱覽室共有三層，可以同時容納四百名讀者；"
    "一樓是兒童借閱區，二樓開放社科與文學書庫，三樓設有自習室和小型報告廳。為了方便老年讀者，"
    "館裡增加了放大鏡、老花鏡和無障礙通道，還請志願者每週三下午教大家使用手機借書。"
    "據統計，改造以後每月到館人數比去年同期增長了兩成，其中六十歲以上的讀者增加最多。"
)

_MARKS = ["一、", "（一）", "1.", "1.1 ", "(2)", "①", "第一章 ", "第二条 ", "附件一：", "# ", "- "]
_PIECES = [
    *_MARKS,
    *"，、：；。！？…“”\"'（）()《》.!?; \t\u3000\r\n|",
    "\r\n",
    "会议情况",
    "共有36人参加",
    "10月 28日",
    "8.5%",
    "Dr. Li",
    "U.S.",
    "……",
    "。”",
    "各位代表：",
    "终身学习" * 20,
]

any_text = st.text()
report_text = st.lists(st.sampled_from(_PIECES), max_size=60).map("".join)
texts = st.one_of(any_text, report_text)


def document(text: str) -> Document:
    """Return a document that holds `text`."""
    return Document("report", "报告", "report.txt", text, "")
