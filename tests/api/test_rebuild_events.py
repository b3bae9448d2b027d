"""A rebuild followed as events, over a real connection."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from httpx2 import Client, Response
from starlette.testclient import TestClient

from api.rebuilding import RebuildStatus
from api.wiring import Service
from embeddings.types import Progress
from tests.api.conftest import ELSEWHERE, client_of
from tests.api.test_documents import REPORT, file, settled
from tests.fakes import HeldEncoder
from tests.serving import serve_service

EVENTS = {"accept": "text/event-stream"}


def events(response: Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and value of each event as it arrives."""
    name = ""
    for line in response.iter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        if field == "data":
            yield name, json.loads(value)


def test_a_rebuild_is_told_while_it_runs(online: Client, held: HeldEncoder) -> None:
    """Steps, then the end with its report: and each is what a plain request gets."""
    online.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    with online.stream("GET", "/api/rebuild", headers=EVENTS) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        told = events(response)
        name, first = next(told)
        assert (name, first["state"]) == ("progress", "running")
        assert set(first) == set(online.get("/api/rebuild").json())
        held.go_on.set()
        name, last = list(told)[-1]
    assert (name, last["state"]) == ("done", "succeeded")
    assert last["report"]["documents"] == 4
    assert last == online.get("/api/rebuild").json()


def test_a_silent_stage_gives_a_sign(online: Client, held: HeldEncoder) -> None:
    """A proxy does not take a slow batch for a dead connection."""
    online.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    with online.stream("GET", "/api/rebuild", headers=EVENTS) as response:
        told = events(response)
        assert [next(told)[0] for _ in range(2)] == ["progress", "progress"]


def test_a_cancelled_rebuild_ends_its_events(online: Client, held: HeldEncoder) -> None:
    """The end says so."""
    online.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    with online.stream("GET", "/api/rebuild", headers=EVENTS) as response:
        told = events(response)
        next(told)
        online.delete("/api/rebuild")
        held.go_on.set()
        assert list(told)[-1][1]["state"] == "cancelled"


def test_without_a_rebuild_the_end_comes_at_once(admin: TestClient) -> None:
    """Nothing runs: how the last one ended, or that there was none."""
    response = admin.get("/api/rebuild", headers=EVENTS)
    assert response.text.startswith("event: done\n")
    admin.post("/api/rebuild")
    settled(admin)
    assert '"state":"succeeded"' in admin.get("/api/rebuild", headers=EVENTS).text


def test_events_are_for_operators(service: Service) -> None:
    """As the plain answer is."""
    response = client_of(service, ELSEWHERE).get("/api/rebuild", headers=EVENTS)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"


def test_rate_and_eta_leave_out_what_came_before_the_first_step() -> None:
    """How long the first step took is not known; from the second on there is a rate."""
    first = RebuildStatus(progress=Progress("encode", 128, 640), stage_began=-10.0, done_then=128)
    assert (first.rate, first.eta_seconds) == (None, None)
    later = RebuildStatus(progress=Progress("encode", 384, 640), stage_began=-10.0, done_then=128)
    rate, eta = later.rate, later.eta_seconds
    assert rate is not None
    assert eta is not None
    assert 0 < rate < 256 / 10
    assert eta > 10


class LettingGo(Service):
    """A service that lets its held rebuild go on once it is told to close."""

    def close(self) -> None:
        """End, which waits for the rebuild."""
        assert isinstance(self.models.encoder, HeldEncoder)
        self.models.encoder.go_on.set()
        super().close()


def test_the_server_ends_although_somebody_follows(service: Service, held: HeldEncoder) -> None:
    """The events end: nobody waits for the end of a rebuild to stop the service."""
    followed = LettingGo.open(service.settings, service.models)
    with ThreadPoolExecutor(1) as pool:
        begun = threading.Event()
        with serve_service(followed) as url, Client(base_url=url) as client:
            client.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
            held.reached.wait()
            following = pool.submit(follow_to_the_end, url, begun)
            begun.wait()
        assert followed.rebuilding.status.state == "cancelled"
        following.result()


def follow_to_the_end(url: str, begun: threading.Event) -> None:
    """Read events until they end, and the connection in good order."""
    with (
        Client(base_url=url) as client,
        client.stream("GET", "/api/rebuild", headers=EVENTS) as response,
    ):
        for _ in events(response):
            begun.set()
