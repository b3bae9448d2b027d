"""Opening a citation: the passage in its document, the quote marked."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.reports import CANAL, GREENWAY, PATROL, ask, quotes, scrolls_sideways

pytestmark = pytest.mark.browser

AnswerTo = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (375, 812)], ids=["desktop", "phone"])
@pytest.mark.parametrize("question", [GREENWAY, CANAL, PATROL], ids=["plain", "astral", "long"])
def test_the_marked_text_is_the_quote(
    open_page: OpenPage, answer_to: AnswerTo, question: str, width: int, height: int
) -> None:
    """Ask, open citation 1: the passage stands in its document, with exactly the quote marked."""
    page = open_page(width=width, height=height)
    entry = ask(page, question)
    entry.locator(".cite").first.click()
    citation = answer_to(question)["citations"][0]
    text, start, end = (citation[name] for name in ("passage", "sentence_start", "sentence_end"))
    expect(page.locator("#source .passage").nth(1)).to_be_visible()
    assert page.locator("#source .opened").text_content() == text
    assert page.locator("#source .sentence").text_content() == text[start:end]
    assert page.locator("mark.quote").text_content() == citation["quote"] == quotes(entry)[0]
    expect(page.locator("mark.quote")).to_be_in_viewport()
    assert not scrolls_sideways(page)


def test_code_points_stand_before_an_astral_quote(answer_to: AnswerTo) -> None:
    """The question `astral` tests what it should: UTF-16 would count to another place."""
    citation = answer_to(CANAL)["citations"][0]
    assert any(ord(character) > 0xFFFF for character in citation["passage"][: citation["start"]])


def test_the_panel_names_the_place(page: Page, answer_to: AnswerTo) -> None:
    """Title, headings and file stand above the text."""
    ask(page, GREENWAY).locator(".cite").first.click()
    citation = answer_to(GREENWAY)["citations"][0]
    panel = page.get_by_role("dialog", name=f"《{citation['document_title']}》")
    expect(panel).to_be_visible()
    expect(panel.locator("#source-headings")).to_have_text(" › ".join(citation["headings"]))
    expect(panel.locator("#source-origin")).to_have_text(citation["source"])


def test_more_of_the_document_can_be_read(page: Page) -> None:
    """The neighbours grow on both sides, and what was being read stays where it was."""
    ask(page, PATROL).locator(".cite").first.click()
    passages, quote = page.locator("#source .passage"), page.locator("mark.quote")
    page.get_by_role("button", name="上文").scroll_into_view_if_needed()
    shown, place = passages.count(), quote.bounding_box()
    page.get_by_role("button", name="上文").click()
    assert passages.count() > shown
    assert quote.bounding_box() == pytest.approx(place, abs=2)
    shown = passages.count()
    page.get_by_role("button", name="下文").click()
    assert passages.count() > shown


def test_a_rebuilt_document_leaves_the_answers_own_passage(page: Page) -> None:
    """Where the passage is gone or another, the one that came with the answer is shown."""
    entry = ask(page, GREENWAY)
    other = {"passage_id": "青禾县绿道-2024:0001", "headings": [], "passage": "别的内容"}
    page.route("**/api/documents/*", lambda route: route.fulfill(json={"passages": [other]}))
    entry.locator(".cite").first.click()
    expect(page.locator("#source-note")).to_contain_text("更新过")
    assert page.locator("mark.quote").text_content() == quotes(entry)[0]


def test_a_document_that_cannot_be_read_leaves_the_answers_own_passage(page: Page) -> None:
    """The service being gone takes nothing from an answer that is already there."""
    entry = ask(page, GREENWAY)
    page.route("**/api/documents/*", lambda route: route.abort())
    entry.locator(".cite").first.click()
    expect(page.locator("#source-note")).to_contain_text("读不到报告全文")
    assert page.locator("mark.quote").text_content() == quotes(entry)[0]


def test_a_late_document_does_not_replace_a_later_one(page: Page) -> None:
    """Opening another passage while a document is still coming shows the other one, for good."""
    entries = [ask(page, GREENWAY), ask(page, CANAL)]
    held: list[Route] = []
    page.route("**/api/documents/*", lambda route: held.append(route), times=1)
    entries[0].locator(".cite").first.click()
    expect(page.locator("mark.quote")).to_have_text(quotes(entries[0])[0])
    entries[1].locator(".cite").first.click()
    expect(page.locator("#source .passage").nth(1)).to_be_visible()
    held[0].abort()
    assert page.locator("mark.quote").text_content() == quotes(entries[1])[0]


def test_a_copied_citation_can_be_checked(page: Page, answer_to: AnswerTo) -> None:
    """What is copied names quote, title, file and offsets."""
    ask(page, GREENWAY).locator(".cite").first.click()
    page.get_by_role("button", name="复制引文").click()
    expect(page.locator("#source-note")).to_have_text("引文已复制。")
    citation = answer_to(GREENWAY)["citations"][0]
    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"“{citation['quote']}”" in copied
    assert f"《{citation['document_title']}》" in copied
    assert citation["source"] in copied
    assert f"字符 {citation['start']}–{citation['end']}" in copied


@pytest.mark.parametrize("width", [1280, 375], ids=["desktop", "phone"])
def test_the_keyboard_is_enough(open_page: OpenPage, width: int) -> None:
    """Type, Enter, Tab to the citation, Enter; Escape closes and the focus is where it was."""
    page = open_page(width=width, height=812)
    page.keyboard.type(GREENWAY)
    page.keyboard.press("Enter")
    page.locator(".answered").wait_for()
    focused = page.locator(":focus")
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if focused.get_attribute("data-citation") == "1":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#source")).to_be_visible()
    expect(page.locator("#source-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#source")).to_be_hidden()
    expect(focused).to_have_attribute("data-citation", "1")


def test_the_button_closes_and_the_focus_returns(page: Page) -> None:
    """The close button does what Escape does."""
    cite = ask(page, GREENWAY).locator(".cite").first
    cite.click()
    expect(cite).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="关闭原文").click()
    expect(page.locator("#source")).to_be_hidden()
    expect(cite).to_be_focused()
    expect(cite).not_to_have_attribute("aria-expanded", "true")


def test_the_sheet_keeps_the_focus_and_a_wider_window_frees_it(open_page: OpenPage) -> None:
    """On a phone the page behind is out of reach; turned wide, both are usable side by side."""
    page = open_page(width=375, height=812)
    ask(page, GREENWAY).locator(".cite").first.click()
    assert page.locator("#source").evaluate("panel => panel.matches(':modal')")
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator("#source:not(:modal)")).to_be_visible()
    ask(page, CANAL)
