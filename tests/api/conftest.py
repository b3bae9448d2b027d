"""A service over the small corpus, and clients that call it from this machine or from another."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Client
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.wiring import Service
from corpus.text import Segmenter
from tests.conftest import REPORTS
from tests.fakes import HeldEncoder
from tests.serving import open_test_service, serve_service

ADMIN_KEY = "a key that only operators know"
HERE = ("127.0.0.1", 50000)
ELSEWHERE = ("203.0.113.5", 50000)


def client_of(service: Service, address: tuple[str, int] = HERE) -> TestClient:
    """Return a client of an application over the service, connected from `address`."""
    return TestClient(
        create_app(service),
        base_url="http://127.0.0.1:8000",
        client=address,
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="module")
def shared_service(
    tmp_path_factory: pytest.TempPathFactory, segmenter: Segmenter
) -> Iterator[Service]:
    """One service for the tests of a module that change nothing."""
    folder = tmp_path_factory.mktemp("shared")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in REPORTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    service = open_test_service(Settings(corpus=corpus, data=folder / "data"), segmenter)
    yield service
    service.close()


@pytest.fixture
def client(shared_service: Service) -> TestClient:
    """A client on this machine that changes nothing."""
    return client_of(shared_service)


@pytest.fixture
def service(corpus_folder: Path, tmp_path: Path, segmenter: Segmenter) -> Iterator[Service]:
    """A service of one test's own, with an admin key."""
    settings = Settings(
        corpus=corpus_folder, data=tmp_path / "data", admin_key=SecretStr(ADMIN_KEY)
    )
    service = open_test_service(settings, segmenter)
    yield service
    service.close()


@pytest.fixture
def admin(service: Service) -> Iterator[TestClient]:
    """A client on this machine that may change the test's own service, which is running."""
    with client_of(service) as running:
        yield running


@pytest.fixture
def held(service: Service) -> Iterator[HeldEncoder]:
    """The encoder of the test's own service, which is then stopped in its next rebuild."""
    encoder = HeldEncoder()
    service.models = replace(service.models, encoder=encoder)
    encoder.go_on.clear()
    yield encoder
    encoder.go_on.set()


@pytest.fixture
def online(service: Service) -> Iterator[Client]:
    """A client on this machine of the test's own service behind a real server."""
    with serve_service(service) as url, Client(base_url=url, timeout=60) as client:
        yield client
