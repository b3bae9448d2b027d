"""Writing a question and saying where to look."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.reports import GREENWAY, REPORTS, ask, sent_by

pytestmark = pytest.mark.browser

PRESS_ENTER = """(field, more) => field.dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }))"""


def test_shift_enter_starts_a_line(page: Page) -> None:
    """Only Enter alone sends."""
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    expect(page.locator("#question")).to_have_value("第一行\n第二行")
    expect(page.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize(
    "more", [{"isComposing": True}, {"keyCode": 229}], ids=["composing", "last key of Safari"]
)
def test_enter_of_an_input_method_does_not_send(page: Page, more: dict[str, bool | int]) -> None:
    """Enter that accepts a candidate of the input method belongs to the input method."""
    field = page.locator("#question")
    field.fill("qinghe")
    field.evaluate(PRESS_ENTER, more)
    expect(page.locator(".turn")).to_have_count(0)
    expect(field).to_have_value("qinghe")


@pytest.mark.parametrize("blank", ["", "  \n\t", "　"], ids=["empty", "blanks", "wide blank"])
def test_a_blank_question_is_not_sent(page: Page, blank: str) -> None:
    """There is nothing to ask."""
    page.locator("#question").fill(blank)
    page.get_by_role("button", name="提问").click()
    expect(page.locator(".turn")).to_have_count(0)


def test_an_example_asks_itself(page: Page) -> None:
    """The opening offers the service's questions; pressing one asks it."""
    page.route("**/api/examples", lambda route: route.fulfill(json={"questions": [GREENWAY]}))
    page.reload()
    page.get_by_role("button", name=GREENWAY).click()
    expect(page.locator(".turn .question")).to_have_text(GREENWAY)
    expect(page.locator("#opening")).to_be_hidden()


def test_without_examples_the_opening_offers_none(page: Page) -> None:
    """A service that fails to give examples leaves no empty frame behind."""
    page.route("**/api/examples", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.reload()
    expect(page.locator("#opening")).to_be_visible()
    expect(page.locator("#examples")).to_be_hidden()


def test_a_question_can_be_limited_to_documents(page: Page) -> None:
    """Chosen reports are sent, named with the question, and can be given up again."""
    page.locator("#scope summary").click()
    expect(page.locator("#scope-list li")).to_have_count(len(REPORTS))
    page.get_by_role("checkbox", name="青禾县2023年绿道建设报告").check()
    page.keyboard.press("Escape")
    expect(page.locator("#scope summary")).to_be_focused()
    with page.expect_request("**/api/ask") as sent:
        entry = ask(page, GREENWAY)
    assert sent_by(sent.value)["documents"] == ["青禾县绿道-2023"]
    expect(entry.locator(".limits")).to_have_text("范围：《青禾县2023年绿道建设报告》")
    page.locator("#scope summary").click()
    page.get_by_role("button", name="不限").click()
    with page.expect_request("**/api/ask") as sent:
        ask(page, GREENWAY)
    assert sent_by(sent.value)["documents"] == []


def test_a_long_list_of_documents_is_searched(page: Page) -> None:
    """Of many reports only those whose title holds what was typed are offered."""
    titles = [f"临川县{year}年年鉴" for year in range(2001, 2031)]
    documents = [{"document_id": t, "document_title": t, "passages": 9} for t in titles]
    page.route("**/api/documents", lambda route: route.fulfill(json={"documents": documents}))
    page.reload()
    page.locator("#scope summary").click()
    page.get_by_role("searchbox").fill("2017")
    expect(page.locator("#scope-list li:visible")).to_have_count(1)
    expect(page.locator("#scope-list li:visible")).to_contain_text(titles[16])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_meet_wcag_aa(open_page: OpenPage, scheme: str) -> None:
    """Every pair of text and ground that the style sheet uses has a contrast of 4.5 at least."""
    page = open_page(scheme=scheme)
    style = "getComputedStyle(document.documentElement)"
    pairs = [
        *((text, ground) for text in ("ink", "muted", "cinnabar") for ground in ("desk", "paper")),
        *(("ink", ground) for ground in ("sentence", "quote")),
        ("on-strong", "strong"),
    ]
    for text, ground in pairs:
        colours = page.evaluate(
            f"names => names.map(name => {style}.getPropertyValue('--' + name))", [text, ground]
        )
        assert contrast(*colours) >= 4.5, (text, ground)


def contrast(text: str, ground: str) -> float:
    """Return the contrast of two colours `#rrggbb`, 1..21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((luminance(text), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour `#rrggbb`, 0..1 (WCAG 2.2)."""
    shares = [int(colour.strip()[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
