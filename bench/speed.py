"""Seconds of a rebuild and a restart, milliseconds of an answer: `python -m bench.speed`.

Measures the product from outside, as an operator meets it: `wenju rebuild`, `wenju serve` and
`POST /api/ask` over loopback, on a service with nothing else to do. Prints a Markdown table.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.questions import ROOT, QuestionSet, question_sets

_QUESTIONS = 200
_RESTARTS = 3
_PORT = 8765
_URL = f"http://127.0.0.1:{_PORT}"
_PATIENCE = 120  # seconds in which a service must answer


def rebuild_seconds(questions: QuestionSet, data: Path) -> tuple[float, float]:
    """Return the seconds of a first rebuild, and of a second with nothing changed."""
    shutil.rmtree(data, ignore_errors=True)
    return _rebuild(questions.reports, data), _rebuild(questions.reports, data)


def _rebuild(reports: Path, data: Path) -> float:
    """One `wenju rebuild`, start of the process included."""
    started = time.perf_counter()
    command = _wenju("rebuild", "--corpus", str(reports), "--data", str(data))
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def restart_seconds(questions: QuestionSet, data: Path) -> list[float]:
    """Return the seconds from start to first answer, for a few starts."""
    return [_restart(questions, data) for _ in range(_RESTARTS)]


def _restart(questions: QuestionSet, data: Path) -> float:
    """One start until one answer."""
    started = time.perf_counter()
    with serving(questions.reports, data):
        return time.perf_counter() - started


def ask_milliseconds(questions: QuestionSet, data: Path) -> list[float]:
    """Return the milliseconds of each of 200 different questions to a warm service."""
    asked = [question.question for question in questions.questions()]
    variants = [f"{question}{ending}" for ending in ("", "？", "，请问") for question in asked]
    with serving(questions.reports, data):
        return [_timed_ask(question) for question in dict.fromkeys(variants[:_QUESTIONS])]


def _timed_ask(question: str) -> float:
    """One question over HTTP."""
    started = time.perf_counter()
    _ask(question)
    return (time.perf_counter() - started) * 1000


@contextmanager
def serving(reports: Path, data: Path) -> Iterator[None]:
    """Run `wenju serve` until it answers a question, and end it after."""
    command = _wenju("serve", "--port", str(_PORT), "--corpus", str(reports), "--data", str(data))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for_answer()
            yield
        finally:
            process.terminate()


def _wait_for_answer() -> None:
    """Ask until there is an answer; TimeoutError where none comes."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            return _ask("主要成绩有哪些")
        except urllib.error.URLError:
            time.sleep(0.05)
    raise TimeoutError(f"no answer from {_URL} in {_PATIENCE} s")


def _ask(question: str) -> None:
    """One `POST /api/ask`."""
    body = json.dumps({"question": question}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{_URL}/api/ask", body, headers)
    with urllib.request.urlopen(request, timeout=_PATIENCE) as response:
        response.read()


def _wenju(*arguments: str) -> list[str]:
    """The command line of the product, run by this interpreter."""
    return [sys.executable, "-m", "api", *arguments]


def _spread(values: Sequence[float], unit: str) -> str:
    """Median, and the middle nine tenths where there are enough."""
    if len(values) < 2:
        return f"{values[0]:.1f} {unit}"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"{statistics.median(values):.1f} {unit} ({cuts[0]:.1f} to {cuts[-1]:.1f})"


def _machine() -> str:
    """Commit and machine, so that a figure can be held against another."""
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, cwd=ROOT, check=False)
    load = os.getloadavg()[0]
    return (
        f"commit {commit.stdout.strip()}, {platform.machine()}, {os.cpu_count()} cores,"
        f" Python {platform.python_version()}, load before {load:.1f}"
    )


def main() -> None:
    """Print the table over the last question set that is here: the real reports, if any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("data/bench"))
    data = parser.parse_args().work / "speed"
    print(_machine())
    questions = list(question_sets())[:2][-1]
    first, second = rebuild_seconds(questions, data)
    print(f"\n| over {questions.name} reports | median (5 % to 95 %) |\n|---|---|")
    print(f"| first rebuild | {first:.1f} s |")
    print(f"| rebuild with nothing changed | {second:.1f} s |")
    print(f"| restart until the first answer | {_spread(restart_seconds(questions, data), 's')} |")
    print(f"| `POST /api/ask` | {_spread(ask_milliseconds(questions, data), 'ms')} |")


if __name__ == "__main__":
    main()
