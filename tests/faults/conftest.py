"""A service whose data folder tests do harm to."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.settings import Settings
from api.wiring import Service
from corpus.text import Segmenter
from tests.api.conftest import client_of
from tests.api.test_documents import settled
from tests.serving import open_test_service

QUESTION = {"question": "2024年全年举办讲座多少场？"}


class Operator:
    """Somebody who asks and rebuilds over HTTP."""

    def __init__(self, service: Service, client: TestClient) -> None:
        self.service = service
        self.settings = service.settings
        self.client = client
        self._before = self._answer()

    def rebuild_fails(self) -> str:
        """Rebuild, and return why that failed."""
        self.client.post("/api/rebuild")
        job = settled(self.client)
        assert job["state"] == "failed", job
        return str(job["error"])

    def rebuild_succeeds(self) -> None:
        """Rebuild to the end."""
        self.client.post("/api/rebuild")
        assert settled(self.client)["state"] == "succeeded"

    def nothing_has_changed(self) -> None:
        """Assert that the running service, and one that is started now, answer as at first."""
        assert self._answer() == self._before
        started = Service.open(self.settings, self.service.models)
        assert started.index.version == self._before["index_version"]
        started.close()

    def _answer(self) -> dict[str, Any]:
        response = self.client.post("/api/ask", json=QUESTION)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        assert answer["found"] is True
        del answer["timings_ms"]
        return answer


Operate = Callable[[Path], Operator]


@pytest.fixture
def operate(corpus_folder: Path, segmenter: Segmenter) -> Iterator[Operate]:
    """Open a service over a data folder, its index just built."""
    services: list[Service] = []

    def open_service(data: Path) -> Operator:
        service = open_test_service(Settings(corpus=corpus_folder, data=data), segmenter)
        services.append(service)
        return Operator(service, client_of(service))

    yield open_service
    for service in services:
        service.close()


@pytest.fixture
def operator(operate: Operate, tmp_path: Path) -> Operator:
    """The same over a folder on an ordinary disk."""
    return operate(tmp_path / "data")
