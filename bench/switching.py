"""What those who ask notice of rebuilds: `python -m bench.switching`.

A client asks a service over the sample reports without pause, while 20 reports are uploaded at
once, while the encoder is changed, and while versions are activated. Prints a Markdown table of
what came of its questions. The other encoder is the shipped one without most of its layers, a worse
one, which the quality gate has to refuse before it is forced.
"""

import argparse
import json
import os
import shutil
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

from httpx2 import Client, HTTPError

from bench.questions import QuestionSet, question_sets
from bench.service import ask, machine, new_client, serving, wenju
from embeddings.model_folder import SHIPPED_FOLDER

_UPLOADS = 20
_QUESTIONS = 5
_LAYERS = 2  # of the worse encoder
_LOOK_SECONDS = 0.02
_REPORT = "口袋公园建设报告{n}\n\n一、基本情况\n\n{n}号街区新建口袋公园{n}座，投入{n}万元。\n"


@dataclass(slots=True)
class Asked:
    """What came of questions: their seconds, how many failed, and answers by version."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    answers: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def mixed(self) -> int:
        """How many questions were answered in more than one way from one version."""
        return sum(len(ways) > 1 for ways in self.answers.values())

    @property
    def versions(self) -> set[str]:
        """The versions that answered."""
        return {version for version, _ in self.answers}

    def ask(self, client: Client, question: str) -> None:
        """Ask once and note what came."""
        started = time.perf_counter()
        try:
            answer = ask(client, question)
        except HTTPError:
            self.failed += 1
        else:
            self.answers[answer["index_version"], question].add(_shown(answer))
        self.seconds.append(time.perf_counter() - started)


def _shown(answer: dict[str, Any]) -> str:
    """All that a reader sees of an answer, without its times."""
    return json.dumps({key: answer[key] for key in ("answer", "citations", "passages")})


@contextmanager
def asking(questions: list[str]) -> Iterator[Asked]:
    """Ask in turn, without pause, over a connection of its own, until the block ends."""
    asked, stop = Asked(), threading.Event()

    def go_on() -> None:
        with new_client() as client:
            for question in cycle(questions):
                if stop.is_set():
                    return
                asked.ask(client, question)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        thread.join()


def worse_encoder(folder: Path) -> Path:
    """Write the shipped encoder with its lowest layers only to `folder`, and return it."""
    shutil.copytree(SHIPPED_FOLDER, folder, dirs_exist_ok=True)
    path = folder / "config.json"
    config = json.loads(path.read_text("utf-8")) | {"num_hidden_layers": _LAYERS}
    path.write_text(json.dumps(config), "utf-8")
    return folder


def upload_at_once(client: Client) -> None:
    """Send the reports over as many connections, and wait until the index has them."""
    with ThreadPoolExecutor(_UPLOADS) as pool:
        list(pool.map(_upload, range(1, _UPLOADS + 1)))
    while client.get("/api/rebuild").json()["state"] == "running":
        time.sleep(_LOOK_SECONDS)


def _upload(number: int) -> None:
    """One report; HTTPStatusError where it is refused."""
    name, text = f"公园{number}.txt", _REPORT.format(n=number)
    with new_client() as client:
        client.post("/api/documents", files={"file": (name, text.encode())}).raise_for_status()


def version_of(client: Client) -> str:
    """Return the version that answers."""
    return str(ask(client, "主要成绩有哪些")["index_version"])


def followed(client: Client, version: str) -> float:
    """Return the seconds until an answer comes from `version`."""
    started = time.perf_counter()
    while version_of(client) != version:
        time.sleep(_LOOK_SECONDS)
    return time.perf_counter() - started


class Bench:
    """The steps over one service, each with a row of the table."""

    def __init__(self, questions: QuestionSet, work: Path) -> None:
        self._reports, self._data = work / "reports", work / "data"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(questions.reports, self._reports)
        self._worse = worse_encoder(work / "worse")
        self._gate = questions.file
        self._asked = [question.question for question in questions.questions()[:_QUESTIONS]]

    def run(self) -> None:
        """Print the rows."""
        self._rebuild()
        with serving(self._reports, self._data) as client:
            self._row(f"{_UPLOADS} uploads at once", lambda: upload_at_once(client))
            before, worse = version_of(client), self._rebuild_worse
            self._row("rebuild with a worse encoder", lambda: worse(client))
            self._row("the same in full, forced", lambda: worse(client, "--force", "--full"))
            self._row("activation of the version before", lambda: self._activate(client, before))

    def _row(self, name: str, step: Callable[[], str | None]) -> None:
        """One step while somebody asks."""
        with asking(self._asked) as asked:
            note = step() or ""
        print(
            f"| {name} | {len(asked.seconds)} | {asked.failed} | {asked.mixed}"
            f" | {len(asked.versions)} | {max(asked.seconds):.2f} s | {note} |"
        )

    def _rebuild(self, *more: str) -> int:
        """One `wenju rebuild`; returns its exit code."""
        command = wenju("rebuild", "--corpus", str(self._reports), "--data", str(self._data), *more)
        gated = os.environ | {"WENJU_GATE": str(self._gate)}
        return subprocess.run(command, capture_output=True, env=gated, check=False).returncode

    def _rebuild_worse(self, client: Client, *more: str) -> str:
        """A change of model until it ends, and is followed where it is not refused."""
        before = version_of(client)
        code = self._rebuild("--model", str(self._worse), *more)
        if code:
            kept = version_of(client) == before == self._current()
            return f"refused, exit code {code}, the old version {'stays' if kept else 'is gone'}"
        return f"followed after {followed(client, self._current()):.2f} s"

    def _activate(self, client: Client, version: str) -> str:
        """Go back to a version of the first encoder."""
        command = wenju("activate", version, "--data", str(self._data))
        subprocess.run(command, check=True, capture_output=True)
        return f"followed after {followed(client, version):.2f} s"

    def _current(self) -> str:
        return (self._data / "CURRENT").read_text("utf-8").strip()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("data/bench"))
    work = parser.parse_args().work / "switching"
    print(machine())
    print("\n| while | asked | failed | answered in two ways | versions | longest wait | |")
    print("|---|--:|--:|--:|--:|--:|---|")
    Bench(next(question_sets()), work).run()


if __name__ == "__main__":
    main()
