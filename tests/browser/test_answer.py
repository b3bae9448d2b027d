"""Asking and reading the answer."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.reports import (
    DRILL,
    GREENWAY,
    IMAGE,
    SCRIPT,
    UNANSWERABLE,
    ask,
    quotes,
    scrolls_sideways,
    sent_by,
)

pytestmark = pytest.mark.browser

AnswerTo = Callable[[str], dict[str, Any]]


def test_an_answer_shows_its_quotes_places_and_confidence(page: Page, answer_to: AnswerTo) -> None:
    """All that the service says of an answer is on the page, in words."""
    entry = ask(page, GREENWAY)
    answer = answer_to(GREENWAY)
    citation = answer["citations"][0]
    assert quotes(entry) == [citation["quote"] for citation in answer["citations"]]
    expect(entry.locator(".cite").first).to_have_text("[1]")
    place = entry.locator(".evidence .place").first
    expect(place.locator(".title")).to_have_text(f"《{citation['document_title']}》")
    expect(place.locator(".heading").first).to_have_text(citation["headings"][0])
    figures = rf"把握\S\S {round(answer['confidence'] * 100)}%\s+用时 \d+\.\d\d 秒"
    expect(entry.locator(".figures")).to_have_text(re.compile(figures))


def test_nothing_found_is_said_and_the_closest_passages_open(
    page: Page, answer_to: AnswerTo
) -> None:
    """Where the reports hold no answer, the page says so and shows what comes nearest."""
    entry = ask(page, UNANSWERABLE)
    closest = answer_to(UNANSWERABLE)["passages"]
    expect(entry.locator(".not-found")).to_have_text("报告中没有找到答案")
    expect(entry.locator(".passages li")).to_have_count(len(closest))
    entry.locator(".place").first.click()
    expect(page.locator("#source .opened")).to_have_text(closest[0]["passage"])
    expect(page.locator("#source mark")).to_have_count(0)


def test_a_document_of_markup_is_shown_as_text(open_page: OpenPage) -> None:
    """Title and text that look like HTML are read, never run."""
    page = open_page()
    entry = ask(page, DRILL)
    expect(entry.locator(".evidence .title").first).to_contain_text(SCRIPT)
    entry.locator(".cite").first.click()
    expect(page.locator("#source-title")).to_contain_text(SCRIPT)
    expect(page.locator("#source .opened")).to_contain_text(IMAGE)
    page.keyboard.press("Escape")
    ask(page, SCRIPT)
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    assert page.evaluate("typeof window.pwned") == "undefined"
    assert page.locator("main img, main script, dialog img, dialog script").count() == 0


def test_a_follow_up_sends_what_went_before(page: Page) -> None:
    """The history goes along, and the page shows how the follow-up was understood."""
    first = ask(page, GREENWAY)
    with page.expect_request("**/api/ask") as sent:
        second = ask(page, "那2023年呢？")
    history = [{"question": GREENWAY, "answer": "；".join(quotes(first))}]
    assert sent_by(sent.value)["history"] == history
    expect(second.locator(".understood")).to_contain_text("理解为：")
    expect(second.locator(".understood")).to_contain_text("绿道")
    expect(first.locator(".understood")).to_be_hidden()


def test_a_reload_keeps_the_conversation(page: Page) -> None:
    """Questions and answers are still there, and their citations still open."""
    told = quotes(ask(page, GREENWAY))
    ask(page, UNANSWERABLE)
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    entry = page.locator(".turn").first
    assert quotes(entry) == told
    entry.locator(".cite").first.click()
    expect(page.locator("mark.quote")).to_have_text(told[0])


def test_clearing_forgets_and_can_be_undone(page: Page) -> None:
    """One press empties the record, here and after a reload; another brings it back."""
    ask(page, GREENWAY)
    page.get_by_role("button", name="清空记录").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#opening")).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="清空记录").click()
    page.reload()
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("width", [375, 768, 1280], ids=["phone", "tablet", "desktop"])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, width: int) -> None:
    """No state of the page scrolls sideways, whatever was asked."""
    page = open_page(width=width, height=812)
    assert not scrolls_sideways(page)
    ask(page, GREENWAY)
    ask(page, "w" * 300)
    assert not scrolls_sideways(page)
    page.locator("#scope summary").click()
    assert not scrolls_sideways(page)


def test_dark_is_another_picture(open_page: OpenPage) -> None:
    """The page follows the colour scheme that the system asks for."""
    light, dark = open_page(scheme="light"), open_page(scheme="dark")
    assert light.screenshot() != dark.screenshot()
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert light.evaluate(background) != dark.evaluate(background)
