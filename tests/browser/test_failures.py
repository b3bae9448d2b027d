"""What the page does when the service does not."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.reports import GREENWAY, ask, quotes, sent_by

pytestmark = pytest.mark.browser

PROBLEM = {
    "type": "/docs#index-missing",
    "title": "没有索引 / No index",
    "status": 503,
    "detail": "请运行 wenju rebuild。 / Run wenju rebuild.",
}
BEGINNING = 'event: question\ndata: {"question": "问", "standalone_question": "问"}\n\n'


def refuse(route: Route) -> None:
    """Answer as the service does where it has no index."""
    route.fulfill(status=503, content_type="application/problem+json", body=json.dumps(PROBLEM))


def fail_midway(route: Route) -> None:
    """Begin to answer, then fail."""
    body = f"{BEGINNING}event: error\ndata: {json.dumps(PROBLEM)}\n\n"
    route.fulfill(content_type="text/event-stream", body=body)


def break_off(route: Route) -> None:
    """Begin to answer, then close the connection."""
    route.fulfill(content_type="text/event-stream", body=BEGINNING)


def show_a_page(route: Route) -> None:
    """Answer as a proxy does whose service is gone."""
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad Gateway</h1>")


@pytest.mark.parametrize(
    ("failure", "texts"),
    [
        (refuse, ["没有索引", "503", "请运行 wenju rebuild。", "Run wenju rebuild."]),
        (fail_midway, ["没有索引", "503", "请运行 wenju rebuild。"]),
        (break_off, ["回答中断", "请重试"]),
        (show_a_page, ["服务出错", "502"]),
        (lambda route: route.abort(), ["连不上服务", "wenju serve"]),
    ],
    ids=["problem", "problem in the stream", "connection lost", "not our error", "service down"],
)
def test_a_failure_is_explained_and_can_be_retried(
    page: Page, failure: object, texts: list[str]
) -> None:
    """The message says what is wrong; 重试 asks the same again and the failure is gone."""
    page.route("**/api/ask", failure, times=1)  # type: ignore[arg-type]
    page.locator("#question").fill(GREENWAY)
    page.keyboard.press("Enter")
    for text in texts:
        expect(page.locator(".problem")).to_contain_text(text)
    page.get_by_role("button", name="重试").click()
    page.locator(".answered").wait_for()
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator(".problem")).to_have_count(0)


def test_a_refused_question_can_be_changed(page: Page) -> None:
    """修改问题 puts a question that was not accepted back into the field."""
    page.route("**/api/ask", refuse)
    page.locator("#question").fill(GREENWAY)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="修改问题").click()
    expect(page.locator("#question")).to_have_value(GREENWAY)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#opening")).to_be_visible()


def test_a_question_can_be_stopped_and_asked_again(page: Page) -> None:
    """While an answer is awaited the page says so and can be told to stop."""
    held: list[Route] = []
    page.route("**/api/ask", lambda route: held.append(route), times=1)
    page.locator("#question").fill(GREENWAY)
    page.keyboard.press("Enter")
    expect(page.locator(".progress")).to_have_text("正在查找…")
    expect(page.get_by_role("button", name="提问")).to_be_hidden()
    page.get_by_role("button", name="停止").click()
    expect(page.locator(".stopped")).to_contain_text("已停止")
    held[0].abort()
    page.get_by_role("button", name="重新提问").click()
    page.locator(".answered").wait_for()


def test_plain_json_is_understood(page: Page) -> None:
    """Where something between drops the event stream, the plain answer does."""

    def without_stream(route: Route) -> None:
        route.continue_(headers={**route.request.headers, "accept": "application/json"})

    told = quotes(ask(page, GREENWAY))
    page.route("**/api/ask", without_stream)
    with page.expect_response("**/api/ask") as received:
        again = ask(page, GREENWAY)
    assert received.value.headers["content-type"].startswith("application/json")
    assert quotes(again) == told


def test_a_failed_question_is_no_history(page: Page) -> None:
    """Only what was answered goes along with the next question."""
    page.route("**/api/ask", refuse, times=1)
    page.locator("#question").fill("没有得到回答的问题")
    page.keyboard.press("Enter")
    page.locator(".problem").wait_for()
    with page.expect_request("**/api/ask") as sent:
        ask(page, GREENWAY)
    assert sent_by(sent.value)["history"] == []
