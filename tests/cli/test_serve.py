"""`wenju serve`, as a process of its own."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import QUESTION, Run
from tests.serving import free_port

ROOT = Path(__file__).parents[2]


def test_a_port_in_use_is_told_at_once(run: Run, tmp_path: Path) -> None:
    """Before anything is loaded or built."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", port, "--data", tmp_path / "data")
    assert outcome.code == 1
    assert str(port) in outcome.error_line
    assert "--port" in outcome.error_line
    assert not (tmp_path / "data").exists()


@pytest.fixture
def served(built: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`wenju serve` as a process of its own over a corpus without an index, and its address."""
    port = free_port()
    folders = ("--corpus", str(built / "corpus"), "--data", str(tmp_path / "fresh"))
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(port), *folders],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def test_serve_builds_the_index_and_answers(
    served: tuple[str, subprocess.Popen[str]],
) -> None:
    """From nothing to an answer, and an orderly end at Ctrl-C."""
    url, process = served
    assert process.stderr is not None
    assert any(url in line for line in process.stderr)
    body = json.dumps({"question": QUESTION}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/api/ask", body, headers)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["found"] is True
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
