"""The operators' page: documents, rebuilds, versions, and who may use it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect
from pydantic import SecretStr

from api.settings import Settings
from api.wiring import Models, Service
from corpus.text import Segmenter
from tests.browser.conftest import OpenPage
from tests.browser.reports import IMAGE, REPORTS, scrolls_sideways
from tests.fakes import HeldEncoder
from tests.serving import open_test_service, serve_service

pytestmark = pytest.mark.browser

KEY = "a key that only operators know"
WEST: FilePayload = {
    "name": "西区.txt",
    "mimeType": "text/plain",
    "buffer": "西区2024年工作报告\n2024年，西区新建口袋公园17座。\n".encode(),
}
BAD: FilePayload = {"name": "空.txt", "mimeType": "text/plain", "buffer": b" "}
DROP = """(zone, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name));
  zone.dispatchEvent(new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""
NOT_ALLOWED = {
    "type": "/docs#not-allowed",
    "title": "无权操作 / Not allowed",
    "status": 403,
    "detail": "管理操作只能在本机进行。 / Admin calls are accepted from this machine.",
}
REFUSED: dict[str, Any] = {
    "state": "failed",
    "stage": None,
    "done": 0,
    "total": 0,
    "per_second": None,
    "eta_seconds": None,
    "error": "新索引的得分下降 / The new index scores lower → wenju rebuild --force --data data",
    "report": {
        "version": "20261122T163738Z-3ec42480",
        "documents": 5,
        "passages": 60,
        "sentences": 120,
        "encoded": 240,
        "reused": 0,
        "skipped": [{"source": "空.txt", "reason": "文件是空的 / the file is empty"}],
        "seconds": 75.0,
        "gate": {
            "old": 0.71,
            "new": 0.656,
            "margin": 0.02,
            "questions": 3,
            "left_out": 0,
            "wins": [],
            "losses": [f"谁主持{IMAGE}？"],
            "skipped": "",
        },
    },
}


@pytest.fixture
def operated(tmp_path: Path, segmenter: Segmenter) -> Iterator[Service]:
    """A service of one test's own over `REPORTS`."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in REPORTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    settings = Settings(corpus=corpus, data=tmp_path / "data", admin_key=SecretStr(KEY))
    service = open_test_service(settings, segmenter)
    yield service
    service.close()


@pytest.fixture
def url(operated: Service) -> Iterator[str]:
    """The address of its page."""
    with serve_service(operated) as url:
        yield f"{url}/admin"


@pytest.fixture
def admin(open_page: OpenPage, url: str) -> Page:
    """The page on a wide screen."""
    return open_page(url=url)


def test_what_answers_is_shown(admin: Page, operated: Service) -> None:
    """Version, counts and model; every report with its file; the one version, in use."""
    expect(admin.locator("#answering")).to_contain_text(operated.index.version)
    expect(admin.locator("#answering")).to_contain_text("bigrams-256")
    expect(admin.locator("#documents li")).to_have_count(len(REPORTS))
    for source in REPORTS:
        expect(admin.locator("#documents li", has_text=source)).to_have_count(1)
    expect(admin.locator("#versions li")).to_have_count(1)
    expect(admin.locator("#versions .current")).to_have_text("使用中")
    expect(admin.locator("#notice")).to_be_hidden()
    assert admin.locator("main img, main script").count() == 0


def test_reports_are_uploaded_by_button(admin: Page) -> None:
    """What was kept and what was refused is told file by file; the rebuild follows by itself."""
    admin.set_input_files("#files", [BAD, WEST])
    expect(admin.locator("#received li")).to_have_count(2)
    expect(admin.locator("#received .refused")).to_contain_text("空.txt")
    expect(admin.locator("#received")).to_contain_text("西区.txt：已收下")
    expect(admin.locator("#documents li", has_text="西区2024年工作报告")).to_be_visible()
    expect(admin.locator("#versions li")).to_have_count(2)
    expect(admin.locator("#ended")).to_contain_text("重建完成")


def test_reports_are_uploaded_by_dropping(admin: Page) -> None:
    """One of a name that is there takes its place."""
    admin.locator("#documents li").first.wait_for()
    text = REPORTS["高坪村水渠.txt"].replace("水渠修缮报告", "水渠改建报告")
    admin.locator("#drop").evaluate(DROP, ["高坪村水渠.txt", text])
    expect(admin.locator("#received")).to_contain_text("已替换")
    expect(admin.locator("#documents li", has_text="水渠改建报告")).to_be_visible()
    expect(admin.locator("#documents li")).to_have_count(len(REPORTS))


def test_a_removal_is_confirmed(admin: Page, operated: Service) -> None:
    """Escape is a no, and the focus comes back; a yes removes file and report."""
    button = admin.get_by_role("button", name="删除《青禾县2023年绿道建设报告》")
    path = operated.settings.corpus / "青禾县绿道-2023.txt"
    button.click()
    expect(admin.locator("#confirm")).to_contain_text(path.name)
    admin.keyboard.press("Escape")
    expect(button).to_be_focused()
    assert path.exists()
    button.click()
    admin.locator("#confirm").get_by_role("button", name="删除").click()
    expect(admin.locator("#documents li", has_text=path.name)).to_have_count(0)
    assert not path.exists()


def test_a_rebuild_shows_how_far_it_is_and_is_cancelled(admin: Page, operated: Service) -> None:
    """A bar with rate and time left while it runs; then what came of it."""
    held = HeldEncoder()
    held.go_on.clear()
    operated.models = Models(held, operated.models.segmenter)
    admin.get_by_role("button", name="全部重新编码").click()
    admin.locator("#confirm-yes").click()
    expect(admin.locator("#bar")).to_be_visible()
    expect(admin.get_by_role("button", name="重建索引")).to_be_hidden()
    admin.get_by_role("button", name="取消重建").click()
    held.go_on.set()
    expect(admin.locator("#ended")).to_contain_text("重建已取消")
    expect(admin.locator("#announcement")).to_contain_text("重建已取消")
    expect(admin.get_by_role("button", name="重建索引")).to_be_visible()
    admin.get_by_role("button", name="重建索引").click()
    expect(admin.locator("#ended")).to_contain_text("重建完成")
    expect(admin.locator("#ended .figures")).to_contain_text("沿用")


def test_rate_and_time_left_are_told(admin: Page) -> None:
    """In words, by the figures of the service."""
    job = {"state": "running", "stage": "encode", "done": 128, "total": 640}
    job |= {"per_second": 4.04, "eta_seconds": 126.7, "report": None, "error": ""}
    serve_job(admin, job)
    expect(admin.locator("#stage")).to_have_text("编码 128 / 640")
    expect(admin.locator("#pace")).to_have_text("每秒 4.0，这一步约剩 2 分 7 秒")
    assert admin.locator("#bar").evaluate("bar => bar.position") == pytest.approx(0.2)


def test_a_refused_rebuild_says_why_and_can_be_forced(admin: Page) -> None:
    """The questions that got worse are listed, and what to do."""
    serve_job(admin, REFUSED)
    expect(admin.locator("#ended .error code")).to_have_text("wenju rebuild --force --data data")
    expect(admin.locator("#ended details", has_text="变差的问题 1")).to_contain_text(IMAGE)
    expect(admin.locator("#ended details", has_text="跳过的文件 1")).to_contain_text("空.txt")
    expect(admin.locator("#ended .figures")).to_contain_text("0.71 → 0.66")
    admin.get_by_role("button", name="仍要启用").click()
    with admin.expect_request("**/api/rebuild?*") as sent:
        admin.locator("#confirm-yes").click()
    assert "force=true" in sent.value.url


def test_a_version_that_was_not_checked_says_why(admin: Page) -> None:
    """Nobody takes silence for a check that was passed."""
    gate = REFUSED["report"]["gate"] | {"losses": [], "skipped": "没有可比的 / nothing to compare"}
    serve_job(admin, REFUSED | {"state": "succeeded", "report": REFUSED["report"] | {"gate": gate}})
    expect(admin.locator("#ended")).to_contain_text("没有用标准问题检查")
    expect(admin.locator("#ended")).to_contain_text("nothing to compare")
    expect(admin.locator("#ended .figures")).not_to_contain_text("得分")


def serve_job(page: Page, job: Mapping[str, object]) -> None:
    """Have the page see this moment of a rebuild from now on."""
    body = f"event: done\ndata: {json.dumps(job)}\n\n"

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/event-stream", body=body)

    page.route("**/api/rebuild", answer)
    page.route("**/api/rebuild?*", lambda route: route.fulfill(json=job))


def test_an_older_version_is_activated(admin: Page, operated: Service) -> None:
    """And the page says at once which one answers."""
    first = operated.index.version
    admin.set_input_files("#files", [WEST])
    expect(admin.locator("#versions li")).to_have_count(2)
    admin.get_by_role("button", name=f"启用版本 {first}").click()
    expect(admin.locator("#answering")).to_contain_text(first)
    expect(admin.locator("#versions li", has=admin.locator(".current"))).to_contain_text(first)
    expect(admin.locator("#versions")).to_be_focused()
    assert operated.index.version == first


def test_a_notice_says_what_to_do(admin: Page, operated: Service) -> None:
    """The command stands apart from the words."""
    operated.notice = "索引损坏 / Index damaged → wenju rebuild --full --data d | wenju versions"
    expect(admin.locator("#notice code")).to_have_text(
        ["wenju rebuild --full --data d", "wenju versions"]
    )
    operated.notice = ""
    expect(admin.locator("#notice")).to_be_hidden()


def test_a_version_that_cannot_serve_is_refused_with_the_remedy(
    admin: Page, operated: Service
) -> None:
    """The problem stands on the page, and the old version answers on."""
    first = operated.index.version
    admin.set_input_files("#files", [WEST])
    expect(admin.locator("#versions li")).to_have_count(2)
    (operated.settings.data / "versions" / first / "words.npz").write_bytes(b"")
    admin.get_by_role("button", name=f"启用版本 {first}").click()
    expect(admin.locator("#fault")).to_contain_text("索引已损坏")
    expect(admin.locator("#fault code").first).to_contain_text("wenju rebuild --full")
    assert operated.index.version != first


def test_a_service_that_is_gone_and_comes_back(admin: Page) -> None:
    """The page says so, and no more once it answers again."""
    admin.locator("#documents li").first.wait_for()
    admin.route("**/api/**", lambda route: route.abort())
    expect(admin.locator("#unreachable")).to_contain_text("wenju serve")
    admin.unroute("**/api/**")
    expect(admin.locator("#unreachable")).to_be_hidden()


def refuse_without_key(route: Route) -> None:
    """Answer as the service does to another machine."""
    if route.request.headers.get("x-admin-key") == KEY:
        route.continue_()
    else:
        body = json.dumps(NOT_ALLOWED)
        route.fulfill(status=403, content_type="application/problem+json", body=body)


def test_elsewhere_the_key_is_asked_for(open_page: OpenPage, url: str) -> None:
    """A wrong one is told of; the right one opens, for this tab, until it is forgotten."""
    page = open_page(url=url)
    page.route("**/api/{rebuild,versions}**", refuse_without_key)
    page.reload()
    expect(page.locator("#key")).to_be_focused()
    expect(page.locator("#desk")).to_be_hidden()
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong-key")).to_contain_text("密钥不对")
    page.locator("#key").fill(KEY)
    page.keyboard.press("Enter")
    expect(page.locator("#documents li")).to_have_count(len(REPORTS))
    page.reload()
    expect(page.locator("#documents li")).to_have_count(len(REPORTS))
    assert KEY not in page.evaluate("JSON.stringify(localStorage)")
    page.get_by_role("button", name="忘掉密钥").click()
    expect(page.locator("#locked")).to_be_visible()
    expect(page.locator("#desk")).to_be_hidden()
    assert page.evaluate("sessionStorage.length") == 0


def test_the_chat_page_leads_here_and_back(page: Page, service_url: str) -> None:
    """From the machine that the service runs on."""
    page.get_by_role("link", name="管理").click()
    expect(page).to_have_url(f"{service_url}/admin")
    page.get_by_role("link", name="去提问").click()
    expect(page.locator("#question")).to_be_visible()


@pytest.mark.parametrize("width", [375, 1280], ids=["phone", "desktop"])
def test_nothing_is_wider_than_the_window(open_page: OpenPage, url: str, width: int) -> None:
    """Neither the page, nor a problem on it, nor a question."""
    page = open_page(width=width, height=812, url=url)
    serve_job(page, REFUSED)
    page.locator("#ended code").wait_for()
    assert not scrolls_sideways(page)
    page.locator("#documents button").first.click()
    assert not scrolls_sideways(page)


def test_the_keyboard_is_enough(admin: Page, operated: Service) -> None:
    """Tab reaches every control, and Enter uses it."""
    admin.locator("#documents li").first.wait_for()
    names = []
    for _ in range(12):
        admin.keyboard.press("Tab")
        names.append(
            admin.evaluate("document.activeElement.id || document.activeElement.ariaLabel")
        )
    assert {"start", "start-full", "files"} <= set(names)
    assert sum(str(name).startswith("删除") for name in names) == len(REPORTS)
    admin.locator("#start").focus()
    admin.keyboard.press("Enter")
    expect(admin.locator("#ended")).to_contain_text("重建完成")
