"""The product from outside, as an operator meets it: its processes, and HTTP over loopback."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from httpx2 import Client, ConnectError

from bench.questions import ROOT

_PORT = 8765
_PATIENCE = 120  # seconds in which a service must answer


@contextmanager
def serving(reports: Path, data: Path) -> Iterator[Client]:
    """Run `wenju serve` until it answers a question, and end it after; yields a client of it."""
    command = wenju("serve", "--port", str(_PORT), "--corpus", str(reports), "--data", str(data))
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        new_client() as client,
    ):
        try:
            _wait_for_answer(client)
            yield client
        finally:
            process.terminate()


def new_client() -> Client:
    """Return a client with a connection of its own, to whatever `serving` runs."""
    return Client(base_url=f"http://127.0.0.1:{_PORT}", timeout=_PATIENCE)


def _wait_for_answer(client: Client) -> None:
    """Ask until there is an answer; TimeoutError where none comes."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            ask(client, "主要成绩有哪些")
            return
        except ConnectError:
            time.sleep(0.05)
    raise TimeoutError(f"no answer in {_PATIENCE} s")


def ask(client: Client, question: str) -> dict[str, Any]:
    """Return what one `POST /api/ask` answers; HTTPStatusError where it is refused."""
    response = client.post("/api/ask", json={"question": question})
    found: dict[str, Any] = response.raise_for_status().json()
    return found


def wenju(*arguments: str) -> list[str]:
    """Return the command line of the product, run by this interpreter."""
    return [sys.executable, "-m", "api", *arguments]


def machine() -> str:
    """Return commit and machine, so that a figure can be held against another."""
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, cwd=ROOT, check=False)
    load = os.getloadavg()[0]
    return (
        f"commit {commit.stdout.strip()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, load before {load:.1f}"
    )
