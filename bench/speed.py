"""Seconds of a rebuild and a restart, milliseconds of an answer: `python -m bench.speed`.

Measures the product from outside, as an operator meets it: `wenju rebuild`, `wenju serve` and
`POST /api/ask` over loopback, on a service with nothing else to do. Prints a Markdown table.
"""

import argparse
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from httpx2 import Client

from bench.questions import QuestionSet, question_sets
from bench.service import ask, machine, serving, wenju

_QUESTIONS = 200
_RESTARTS = 3


def rebuild_seconds(questions: QuestionSet, data: Path) -> tuple[float, float]:
    """Return the seconds of a first rebuild, and of a second with nothing changed."""
    shutil.rmtree(data, ignore_errors=True)
    return _rebuild(questions.reports, data), _rebuild(questions.reports, data)


def _rebuild(reports: Path, data: Path) -> float:
    """One `wenju rebuild`, start of the process included."""
    started = time.perf_counter()
    command = wenju("rebuild", "--corpus", str(reports), "--data", str(data))
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
    with serving(questions.reports, data) as client:
        return [_timed_ask(client, question) for question in dict.fromkeys(variants[:_QUESTIONS])]


def _timed_ask(client: Client, question: str) -> float:
    """One question over HTTP."""
    started = time.perf_counter()
    ask(client, question)
    return (time.perf_counter() - started) * 1000


def _spread(values: Sequence[float], unit: str) -> str:
    """Median, and the middle nine tenths where there are enough."""
    if len(values) < 2:
        return f"{values[0]:.1f} {unit}"
    cuts = statistics.quantiles(values, n=20, method="inclusive")
    return f"{statistics.median(values):.1f} {unit} ({cuts[0]:.1f} to {cuts[-1]:.1f})"


def main() -> None:
    """Print the table over the last question set that is here: the real reports, if any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("data/bench"))
    data = parser.parse_args().work / "speed"
    print(machine())
    questions = list(question_sets())[:2][-1]
    first, second = rebuild_seconds(questions, data)
    print(f"\n| over {questions.name} reports | median (5 % to 95 %) |\n|---|---|")
    print(f"| first rebuild | {first:.1f} s |")
    print(f"| rebuild with nothing changed | {second:.1f} s |")
    print(f"| restart until the first answer | {_spread(restart_seconds(questions, data), 's')} |")
    print(f"| `POST /api/ask` | {_spread(ask_milliseconds(questions, data), 'ms')} |")


if __name__ == "__main__":
    main()
