"""A real browser on the page of a real service."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.reports import REPORTS
from tests.serving import serve_corpus

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]
TIMEOUT_MS = 15_000
Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it the tests fail: nobody would notice that they were skipped."""
    if not CHROMIUM.exists():
        pytest.fail(f"没有 {CHROMIUM}。请运行 make browser。 / No {CHROMIUM}. Run make browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service over `REPORTS`."""
    with serve_corpus(tmp_path_factory.mktemp("browser"), dict(REPORTS)) as url:
        yield url


@pytest.fixture
def open_page(browser: Browser, service_url: str) -> Iterator[OpenPage]:
    """A function that opens the page, or another, in a new browser profile of a size and scheme.

    Afterwards no page may have complained in its console, where violations of its policy are told
    too, nor asked another host.
    """
    complaints: list[str] = []
    addresses = ["data:"]

    def hear(message: ConsoleMessage) -> None:
        # a refused request is logged by the browser itself; tests of failures look at the page
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def watch(request: Request) -> None:
        if not request.url.startswith(tuple(addresses)):
            complaints.append(f"asked another host: {request.url}")

    with ExitStack() as contexts:

        def open_page(
            width: int = 1280, height: int = 800, scheme: Scheme = "light", url: str = service_url
        ) -> Page:
            addresses.append("{0.scheme}://{0.netloc}/".format(urlsplit(url)))
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
                permissions=["clipboard-read", "clipboard-write"],
            )
            contexts.callback(context.close)
            context.set_default_timeout(TIMEOUT_MS)
            page = context.new_page()
            page.on("console", hear)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", watch)
            page.goto(url)
            return page

        yield open_page
    assert complaints == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The page on a wide screen."""
    return open_page()


@pytest.fixture
def answer_to(page: Page, service_url: str) -> Callable[[str], dict[str, Any]]:
    """A function that asks the service itself, to compare with what the page shows."""

    def answer_to(question: str) -> dict[str, Any]:
        response = page.request.post(f"{service_url}/api/ask", data={"question": question})
        answer: dict[str, Any] = response.json()
        return answer

    return answer_to
