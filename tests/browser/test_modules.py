"""The page's own modules, where the page alone would not show every case."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

KEY = "wenju.conversation.1"


TURN = {
    "question": "问",
    "documents": [],
    "answer": {
        "question": "问",
        "standalone_question": "问",
        "found": False,
        "answer": "",
        "citations": [],
        "passages": [{"passage_id": "1", "document_title": "报告", "headings": [], "passage": ""}],
    },
}


@pytest.mark.parametrize("size", [1, 2, 7, 1000], ids=lambda size: f"{size} bytes")
def test_a_stream_may_be_cut_anywhere(page: Page, size: int) -> None:
    """Events come out whole however the bytes arrive, inside a character too."""
    stream = (
        ': 注释\r\n\r\nevent: 甲\r\ndata: {"字": "𠮷🌾"}\r\n\r\nevent: 乙\ndata: 1\ndata: 2\n\n'
    )
    events = page.evaluate(
        """async ([stream, size]) => {
          const { serverEvents } = await import("/web/events.js");
          const bytes = new TextEncoder().encode(stream);
          const body = new ReadableStream({
            start(controller) {
              for (let at = 0; at < bytes.length; at += size) {
                controller.enqueue(bytes.slice(at, at + size));
              }
              controller.close();
            },
          });
          const events = [];
          for await (const event of serverEvents(body)) events.push(event);
          return events;
        }""",
        [stream, size],
    )
    assert events == [{"name": "甲", "data": '{"字": "𠮷🌾"}'}, {"name": "乙", "data": "1\n2"}]


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(1, "把握很大 100%"), (0.82, "把握较大 82%"), (0.5, "把握一般 50%"), (0, "把握较小 0%")],
)
def test_confidence_is_told_in_words(page: Page, confidence: float, words: str) -> None:
    """Every confidence has its words and its figure."""
    told = page.evaluate(
        "async value => (await import('/web/text.js')).confidenceText(value)", confidence
    )
    assert told == words


def test_the_parts_of_a_citation_count_code_points(page: Page) -> None:
    """Joined they are the passage, and the quote is what Python slices."""
    passage = "🌾𠮷坪。本次由𠮷田禾主持。完。"
    start, sentence = passage.index("𠮷田禾"), passage.index("本次")
    citation = {"passage": passage, "start": start, "end": start + 3}
    citation |= {"sentence_start": sentence, "sentence_end": passage.index("完")}
    parts = page.evaluate(
        "async value => (await import('/web/text.js')).citationParts(value)", citation
    )
    assert parts == {
        "before": "🌾𠮷坪。",
        "lead": "本次由",
        "quote": "𠮷田禾",
        "tail": "主持。",
        "after": "完。",
    }


def test_the_oldest_turns_go_first(page: Page) -> None:
    """The record is capped in number."""
    assert kept_of(page, count=50, characters=10) == [str(number) for number in range(10, 50)]


def test_as_many_turns_are_kept_as_the_browser_takes(page: Page) -> None:
    """Where its quota is full, older turns make room for the latest."""
    kept = kept_of(page, count=6, characters=1_500_000)
    assert kept in [[str(number) for number in range(first, 6)] for first in (2, 3, 4, 5)]


def kept_of(page: Page, *, count: int, characters: int) -> list[str]:
    """Add turns of a size to the record, and return the questions that the browser kept."""
    kept: list[str] = page.evaluate(
        """async ([key, turn, count, characters]) => {
          const { Conversation } = await import("/web/conversation.js");
          const conversation = new Conversation();
          turn.answer.passages[0].passage = "长".repeat(characters);
          for (let n = 0; n < count; n += 1) conversation.add({ ...turn, question: String(n) });
          return JSON.parse(localStorage.getItem(key)).map(({ question }) => question);
        }""",
        [KEY, TURN, count, characters],
    )
    return kept


@pytest.mark.parametrize("stored", ["{", "7", "null", '[null, 7, {"question": "残缺"}]'], ids=str)
def test_what_another_program_stored_is_passed_over(page: Page, stored: str) -> None:
    """A record that cannot be read leaves an empty page that works."""
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, stored])
    page.reload()
    expect(page.locator("#opening")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
