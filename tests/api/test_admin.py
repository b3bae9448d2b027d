"""Who may make admin calls; rebuilds and versions over HTTP."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api import wiring
from api.wiring import Service
from embeddings import storage
from tests.api.conftest import ADMIN_KEY, ELSEWHERE, HERE, client_of
from tests.api.test_documents import REPORT, file, settled
from tests.fakes import BigramEncoder, ContraryEncoder, HeldEncoder

UNKNOWN = ContraryEncoder()  # which no service of the tests can load
ADMIN_CALLS = [
    ("POST", "/api/documents"),
    ("DELETE", "/api/documents/river"),
    ("POST", "/api/rebuild"),
    ("GET", "/api/rebuild"),
    ("DELETE", "/api/rebuild"),
    ("GET", "/api/versions"),
    ("POST", "/api/versions/any/activate"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_CALLS)
def test_admin_calls_from_elsewhere_are_refused(service: Service, method: str, path: str) -> None:
    """Without the key, and with a wrong one."""
    client = client_of(service, ELSEWHERE)
    for headers in ({}, {"x-admin-key": "wrong"}, {"authorization": "Bearer wrong"}):
        response = client.request(method, path, headers=headers)
        assert response.status_code == 403
        assert response.json()["type"] == "/docs#not-allowed"
    assert (service.settings.corpus / "river.md").exists()


@pytest.mark.parametrize(
    "headers",
    [{"x-admin-key": ADMIN_KEY}, {"authorization": f"Bearer {ADMIN_KEY}"}],
    ids=["own header", "bearer"],
)
def test_the_key_opens_from_elsewhere(service: Service, headers: dict[str, str]) -> None:
    """In either of two headers."""
    client = client_of(service, ELSEWHERE)
    assert client.get("/api/versions", headers=headers).status_code == 200


def test_no_key_is_not_an_empty_key(shared_service: Service) -> None:
    """Where no key is set, none is right."""
    client = client_of(shared_service, ELSEWHERE)
    for headers in ({"x-admin-key": ""}, {"authorization": "Bearer "}, {"x-admin-key": "None"}):
        assert client.get("/api/versions", headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"host": "localhost:8000"}, True),
        ({"host": "[::1]:8000"}, True),
        ({"origin": "http://127.0.0.1:8000", "sec-fetch-site": "same-origin"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://127.0.0.1:9000"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"host": "evil.example"}, False),
        ({"host": "127.0.0.1.evil.example"}, False),
        ({"host": "evil.example", "origin": "http://evil.example"}, False),
        ({"host": "[bad"}, False),
    ],
)
def test_a_browser_here_counts_for_our_own_page_only(
    shared_service: Service, headers: dict[str, str], allowed: bool
) -> None:
    """A page of another site, or one that rebinds its name to this machine, is refused."""
    response = client_of(shared_service, HERE).get("/api/versions", headers=headers)
    assert response.status_code == (200 if allowed else 403)


@pytest.mark.parametrize("address", ["127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_here(shared_service: Service, address: str) -> None:
    """Of both kinds, and of one written as the other."""
    client = client_of(shared_service, (address, 50000))
    assert client.get("/api/versions").status_code == 200


@pytest.mark.parametrize("address", ["203.0.113.5", "10.0.0.1", "::ffff:10.0.0.1", "testclient"])
def test_no_other_address_is_here(shared_service: Service, address: str) -> None:
    """Private networks are elsewhere too."""
    client = client_of(shared_service, (address, 50000))
    assert client.get("/api/versions").status_code == 403


def test_a_rebuild_reports_what_it_did(admin: TestClient) -> None:
    """Idle, running, succeeded; nothing has changed, so nothing is encoded."""
    assert admin.get("/api/rebuild").json()["state"] == "idle"
    response = admin.post("/api/rebuild")
    assert response.status_code == 202
    assert response.json()["state"] == "running"
    job = settled(admin)
    assert job["state"] == "succeeded"
    assert job["report"]["encoded"] == 0
    assert job["report"]["documents"] == 3
    assert admin.post("/api/rebuild?full=true").status_code == 202
    assert settled(admin)["report"]["encoded"] > 0


def test_a_cancelled_rebuild_changes_nothing(admin: TestClient, held: HeldEncoder) -> None:
    """The old version goes on answering, and the next rebuild is a good one."""
    before = admin.get("/api/health").json()
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    assert admin.get("/api/rebuild").json()["stage"] in ("read", "encode")
    assert admin.delete("/api/rebuild").status_code == 202
    held.go_on.set()
    assert settled(admin)["state"] == "cancelled"
    assert admin.get("/api/health").json() == before
    admin.post("/api/rebuild")
    assert settled(admin)["state"] == "succeeded"
    assert admin.get("/api/documents/west").status_code == 200


def test_a_report_that_comes_during_a_rebuild_gets_another(
    admin: TestClient, held: HeldEncoder
) -> None:
    """The running one has read the folder already."""
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    admin.post("/api/documents", files=file("east.txt", REPORT.replace("西", "东").format(n=4)))
    held.go_on.set()
    assert settled(admin)["state"] == "succeeded"
    assert admin.get("/api/documents/east").status_code == 200


def test_a_rebuild_waits_for_one_of_another_process(
    admin: TestClient, service: Service, held: HeldEncoder
) -> None:
    """It takes its turn, so that what was uploaded meanwhile is not lost."""
    other = replace(service.models, encoder=held)
    service.models = replace(service.models, encoder=BigramEncoder())
    (service.settings.corpus / "east.txt").write_text(REPORT.format(n=5), encoding="utf-8")
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(
            wiring.rebuild, service.settings, other, on_progress=lambda progress: None
        )
        held.reached.wait()
        admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
        assert admin.get("/api/rebuild").json()["state"] == "running"
        held.go_on.set()
        running.result()
    assert settled(admin)["state"] == "succeeded"
    assert admin.get("/api/documents/west").status_code == 200


def test_cancelling_nothing_is_fine(admin: TestClient) -> None:
    """There is nothing to stop."""
    assert admin.delete("/api/rebuild").json()["state"] == "idle"


def test_versions_are_listed_and_activated(admin: TestClient, service: Service) -> None:
    """Going back to the first version answers as the first version did."""
    first = service.index.version
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    settled(admin)
    listed = admin.get("/api/versions").json()["versions"]
    assert [version["current"] for version in listed] == [True, False]
    assert listed[1]["version"] == first
    response = admin.post(f"/api/versions/{first}/activate")
    assert response.json()["current"] is True
    assert admin.get("/api/health").json()["index_version"] == first
    assert admin.get("/api/documents/west").status_code == 404


def test_as_many_versions_stay_as_are_set(service: Service) -> None:
    """WENJU_KEEP_VERSIONS at work: one stays, the one that serves."""
    settings = service.settings.model_copy(update={"keep_versions": 1})
    (settings.corpus / "west.txt").write_text(REPORT.format(n=3), encoding="utf-8")
    report = wiring.rebuild(settings, service.models, on_progress=lambda progress: None)
    assert [found.version for found in storage.versions(settings.data)] == [report.version]


def test_a_version_whose_model_is_gone_is_refused(admin: TestClient, service: Service) -> None:
    """Its vectors can be compared with no question's; the pointer stays."""
    before = service.index.version
    other = replace(service.models, encoder=UNKNOWN)
    built = wiring.rebuild(service.settings, other, on_progress=lambda progress: None).version
    storage.activate(service.settings.data, before)
    response = admin.post(f"/api/versions/{built}/activate")
    assert response.status_code == 503
    assert response.json()["type"] == "/docs#model-unreadable"
    assert "wenju rebuild --model" in response.json()["detail"]
    assert storage.current_version(service.settings.data) == before


def eventually(client: TestClient, field: str, *, changed_from: object) -> object:
    """Return a field of the health once it is another."""
    deadline = time.monotonic() + 30
    while (value := client.get("/api/health").json()[field]) == changed_from:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def test_what_another_process_builds_is_followed(admin: TestClient, service: Service) -> None:
    """The pointer moves; the running service answers from the new version without a restart."""
    before = service.index.version
    (service.settings.corpus / "west.txt").write_text(REPORT.format(n=3), encoding="utf-8")
    report = wiring.rebuild(service.settings, service.models, on_progress=lambda progress: None)
    assert eventually(admin, "index_version", changed_from=before) == report.version
    assert admin.get("/api/documents/west").status_code == 200


def test_a_version_that_cannot_be_opened_is_told_of(admin: TestClient, service: Service) -> None:
    """Its model cannot be loaded: the old version answers on, and the health says why."""
    before = service.index.version
    other = replace(service.models, encoder=UNKNOWN)
    wiring.rebuild(service.settings, other, on_progress=lambda progress: None)
    assert "wenju rebuild" in str(eventually(admin, "notice", changed_from=""))
    assert admin.get("/api/health").json()["index_version"] == before
    assert (
        admin.post("/api/ask", json={"question": "2024年全年举办讲座多少场？"}).json()["found"]
        is True
    )


def test_questions_are_answered_while_versions_change(admin: TestClient, service: Service) -> None:
    """No request fails, and no answer mixes two versions."""
    first = service.index.version
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    settled(admin)
    second = service.index.version
    stop = threading.Event()

    def ask_until_stopped(number: int) -> list[tuple[str, bool]]:
        seen = []
        while not stop.is_set():
            answer = admin.post("/api/ask", json={"question": "西区新建公园多少座？", "top_k": 20})
            assert answer.status_code == 200, answer.text
            found = answer.json()
            west = any(passage["document_id"] == "west" for passage in found["passages"])
            seen.append((found["index_version"], west))
        return seen

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask_until_stopped, number) for number in range(8)]
        for version in [first, second] * 5:
            service.activate(version)
        stop.set()
        seen = {pair for one in asking for pair in one.result()}
    assert seen <= {(first, False), (second, True)}
    assert len(seen) == 2


def test_a_rebuild_that_cannot_write_says_what_to_look_at(
    admin: TestClient, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """No traceback: the operator mends it, and the old version answers on."""
    (service.settings.data / "encoded").write_bytes(b"")
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    job = settled(admin)
    assert job["state"] == "failed"
    assert "请检查路径、权限与磁盘空间" in job["error"]
    (logged,) = [record for record in caplog.records if record.name == "api.rebuilding"]
    assert logged.exc_info is None
    assert admin.post("/api/ask", json={"question": "全年举办讲座多少场？"}).json()["found"] is True


def test_a_disk_that_fails_is_a_problem_of_its_own(admin: TestClient, service: Service) -> None:
    """The pointer cannot be replaced: the reason is told, with what to look at."""
    pointer = service.settings.data / "CURRENT"
    name = pointer.read_text("utf-8")
    pointer.unlink()
    pointer.mkdir()
    response = admin.post(f"/api/versions/{name.strip()}/activate")
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "/docs#disk-failed"
    assert str(pointer) in response.json()["detail"]
    assert admin.post("/api/ask", json={"question": "全年举办讲座多少场？"}).json()["found"] is True
