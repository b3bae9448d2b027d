"""Reports that come, change and go all at once while questions are asked, over real connections."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from httpx2 import Client, Response

from api.wiring import Models, Service
from corpus.types import Document
from tests.api.test_documents import REPORT, file, ids, settled
from tests.fakes import HeldEncoder
from tests.serving import serve_service

QUESTION = "西区新建口袋公园多少座？"


class Remembering(Service):
    """A service that remembers the documents of every version it has answered from."""

    documents_of: dict[str, dict[str, Document]]

    def refresh(self) -> None:
        """Take the newest version, and note what is in it."""
        super().refresh()
        self.remember()

    def remember(self) -> None:
        """Note what is in the version that answers."""
        index = self.index
        self.documents_of[index.version] = {found.id: found for found in index.documents}


@pytest.fixture
def remembering(service: Service) -> Remembering:
    """The test's own service, with a memory."""
    remembering = Remembering.open(service.settings, service.models)
    remembering.documents_of = {}
    remembering.remember()
    return remembering


@pytest.fixture
def url(remembering: Remembering) -> Iterator[str]:
    """Its address."""
    with serve_service(remembering) as url:
        yield url


def upload(url: str, name: str, number: int) -> Response:
    """Send one report over a connection of its own."""
    with Client(base_url=url, timeout=60) as client:
        return client.post("/api/documents", files=file(name, REPORT.format(n=number)))


def remove(url: str, document_id: str) -> Response:
    """Remove one report over a connection of its own."""
    with Client(base_url=url, timeout=60) as client:
        return client.delete(f"/api/documents/{document_id}")


def ask_until(url: str, stop: threading.Event) -> list[dict[str, Any]]:
    """Ask without pause, and return every answer."""
    answers = []
    with Client(base_url=url, timeout=60) as client:
        while not stop.is_set():
            response = client.post("/api/ask", json={"question": QUESTION, "top_k": 50})
            assert response.status_code == 200, response.text
            answers.append(response.json())
    return answers


def agrees(answer: dict[str, Any], documents: dict[str, Document]) -> bool:
    """Whether all that an answer shows is in the documents of its version, to the byte."""
    return all(
        shown["passage"] in documents[shown["document_id"]].text
        for shown in (*answer["passages"], *answer["citations"])
    ) and all(
        cited["document_sha256"] == documents[cited["document_id"]].sha256
        and cited["quote"] == cited["passage"][cited["start"] : cited["end"]]
        for cited in answer["citations"]
    )


def test_twenty_at_once_lose_nothing_and_mix_nothing(url: str, remembering: Remembering) -> None:
    """Uploads; then replacements, removals and uploads together; and every question answered."""
    stop = threading.Event()
    with Client(base_url=url, timeout=60) as client, ThreadPoolExecutor(23) as pool:
        asking = [pool.submit(ask_until, url, stop) for _ in range(3)]
        try:
            uploads = [pool.submit(upload, url, f"west-{n}.txt", n) for n in range(20)]
            assert {done.result().status_code for done in uploads} == {202}
            assert settled(client)["state"] == "succeeded"
            assert {f"west-{n}" for n in range(20)} <= ids(client)
            changes = [pool.submit(upload, url, f"west-{n}.txt", 100 + n) for n in range(8)]
            changes += [pool.submit(remove, url, f"west-{n}") for n in range(8, 14)]
            changes += [pool.submit(upload, url, f"west-{n}.txt", n) for n in range(20, 26)]
            assert {done.result().status_code for done in changes} == {202}
            assert settled(client)["state"] == "succeeded"
        finally:
            stop.set()
        answers = [answer for one in asking for answer in one.result()]
    documents = remembering.documents_of[remembering.index.version]
    expected = {f"west-{n}": 100 + n for n in range(8)}
    expected |= {f"west-{n}": n for n in (*range(14, 20), *range(20, 26))}
    assert {name for name in documents if name.startswith("west")} == set(expected)
    assert all(f"公园{n}座" in documents[name].text for name, n in expected.items())
    assert len({answer["index_version"] for answer in answers}) > 1
    assert all(agrees(a, remembering.documents_of[a["index_version"]]) for a in answers)


def test_a_burst_is_one_rebuild(url: str, remembering: Remembering, held: HeldEncoder) -> None:
    """All that comes while a rebuild runs is taken in by one more."""
    remembering.models = Models(held, remembering.models.segmenter)
    assert upload(url, "west-0.txt", 0).status_code == 202
    held.reached.wait()
    with ThreadPoolExecutor(20) as pool:
        burst = list(pool.map(lambda n: upload(url, f"west-{n}.txt", n), range(1, 21)))
    assert {response.status_code for response in burst} == {202}
    held.go_on.set()
    with Client(base_url=url, timeout=60) as client:
        assert settled(client)["report"]["documents"] == 3 + 21
    assert len(remembering.documents_of) == 3
