"""What the trained reader is shown: whole sentences around the best ones, and how many."""

from hypothesis import given
from hypothesis import strategies as st

from corpus.text import sentences
from corpus.types import Span
from embeddings.types import Hit
from qa.windows import ROOM, Window, windows
from tests.corpus.writing import texts
from tests.fakes import make_hit, make_passage

TEXT = "全年开放320天。举办讲座46场。讲座由陈立群主持。新增借还机4台。"
NORTH = make_passage(TEXT, id="north-1", headings=("## 二、活动", "（一）讲座"))
RIVER = make_passage("氨氮浓度为0.42毫克每升。水质良好。", id="river-1")


def shown(count: int, *hits: Hit, room: int = ROOM) -> list[str]:
    """The texts of the windows, best first."""
    return [window.text for window in windows(hits, count, room)]


def test_a_short_passage_is_shown_whole_and_once() -> None:
    """All its sentences stand in the window of the best one."""
    assert shown(8, make_hit(NORTH, 1.0, 9.0, 3.0, 2.0)) == [TEXT]


def test_windows_come_by_their_sentences_whatever_the_order_of_hits() -> None:
    """The best sentence of all hits first, not the first hit."""
    assert shown(8, make_hit(NORTH, 1.0), make_hit(RIVER, 9.0)) == [RIVER.text, TEXT]


def test_the_order_of_the_hits_decides_nothing() -> None:
    """Sentences that score alike go by passage and place."""
    hits = make_hit(RIVER, 1.0, 1.0), make_hit(NORTH, 1.0, 1.0)
    assert shown(8, *hits, room=10) == shown(8, *reversed(hits), room=10)


def test_no_more_than_asked_for() -> None:
    """The best ones stay."""
    assert shown(1, make_hit(NORTH, 1.0), make_hit(RIVER, 9.0)) == [RIVER.text]
    assert shown(0, make_hit(NORTH, 1.0)) == shown(8) == []


def test_the_sentence_after_comes_in_before_the_one_in_front() -> None:
    """Where there is room for one neighbour only."""
    assert shown(1, make_hit(NORTH, 0.0, 9.0), room=20) == ["举办讲座46场。讲座由陈立群主持。"]
    assert shown(1, make_hit(NORTH, 0.0, 0.0, 0.0, 9.0), room=20) == [
        "讲座由陈立群主持。新增借还机4台。"
    ]


def test_a_sentence_longer_than_the_room_is_shown_alone() -> None:
    """It is not cut: what is quoted must be readable."""
    assert shown(1, make_hit(NORTH, 0.0, 9.0), room=3) == ["举办讲座46场。"]


def test_title_and_headings_stand_above_in_one_line() -> None:
    """Without the marks of Markdown."""
    (window,) = windows([make_hit(NORTH, 1.0)], 1)
    assert window.context == "年度报告；二、活动；（一）讲座"


def test_the_sentences_around_a_span() -> None:
    """As many as it touches, and one that only ends where it begins is not touched."""
    (window,) = windows([make_hit(NORTH, 1.0)], 1)
    first, second, *_ = sentences(TEXT)
    assert window.sentences_around(Span(second.start, second.start + 1)) == second
    assert window.sentences_around(Span(first.end - 1, first.end + 1)) == Span(0, second.end)


@st.composite
def some_hits(draw: st.DrawFn) -> list[Hit]:
    """Hits over up to three passages of any text, with any scores."""
    written = draw(st.lists(texts.filter(str.strip), max_size=3))
    scores = st.lists(st.floats(-9, 9), max_size=4)
    return [
        make_hit(make_passage(text, id=f"any-{n}"), *draw(scores)[: len(sentences(text))])
        for n, text in enumerate(written)
    ]


@given(hits=some_hits(), count=st.integers(0, 6), room=st.integers(1, 2 * ROOM))
def test_windows_are_whole_sentences_within_the_room(
    hits: list[Hit], count: int, room: int
) -> None:
    """And no window is made for a sentence that an earlier one holds, whatever the passages."""
    found = windows(hits, count, room)
    assert len(found) <= count
    for place, window in enumerate(found):
        check_bounds(window, room)
        assert not any(holds_sentence_of(earlier, window) for earlier in found[:place])
    scores = [window.sentence.score for window in found]
    assert scores == sorted(scores, reverse=True)


@given(hits=some_hits())
def test_with_windows_enough_every_sentence_is_shown(hits: list[Hit]) -> None:
    """Nothing is left out but for want of windows."""
    found = windows(hits, sum(len(hit.sentences) for hit in hits), 40)
    for hit in hits:
        mine = [window for window in found if window.passage.id == hit.passage.id]
        assert all(any(w.holds(s.span) for w in mine) for s in hit.sentences)


def check_bounds(window: Window, room: int) -> None:
    """Assert that a window begins and ends with a sentence, holds its own, and is short enough."""
    spans = sentences(window.passage.text)
    assert window.span.start in {span.start for span in spans}
    assert window.span.end in {span.end for span in spans}
    assert window.holds(window.sentence.span)
    assert len(window.text) <= room or window.span == window.sentence.span


def holds_sentence_of(earlier: Window, window: Window) -> bool:
    """Whether the sentence that a window was made for stands in another."""
    return earlier.passage.id == window.passage.id and earlier.holds(window.sentence.span)
