"""The real application over a few files, for tests that need a real server."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from api import ports, wiring
from api.app import Server
from api.settings import Settings
from api.wiring import Models, Service
from corpus.text import Segmenter
from tests.fakes import BigramEncoder, load_fake_encoder


def open_test_service(settings: Settings, segmenter: Segmenter) -> Service:
    """Return the service over the settings' corpus, its index built with the fake encoder."""
    models = Models(BigramEncoder(), segmenter, load_encoder=load_fake_encoder)
    wiring.rebuild(settings, models, on_progress=lambda progress: None)
    return Service.open(settings, models)


@contextmanager
def serve_corpus(tmp_path: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Serve reports given by name and text; yield the base URL, without a slash at its end."""
    folder = tmp_path / "served"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    # stricter than shipped: the calibration is not that of the fake encoder with the rules
    settings = Settings(corpus=folder, data=tmp_path / "served-data", port=0, max_error=0.2)
    with serve_service(open_test_service(settings, Segmenter.load())) as url:
        yield url


@contextmanager
def serve_service(service: Service) -> Iterator[str]:
    """Serve a service on a free port of this machine; yield the base URL."""
    with ports.reserve("127.0.0.1", 0) as reserved:
        server = Server(service, "error")
        thread = threading.Thread(target=server.run, kwargs={"sockets": [reserved]})
        thread.start()
        try:
            _wait_until_started(server, thread)
            yield f"http://127.0.0.1:{reserved.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    """Return when the server answers; RuntimeError when it has ended instead."""
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
