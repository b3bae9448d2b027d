"""Rebuilds killed at random instants: the index is as before or as after, and nothing is lost.

`make torture` kills two hundred, and ten with the shipped encoder; `SEED=` gives other instants.
"""

import itertools
import os
import random
import shutil
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api import answers, encoders
from api.schemas import AskIn
from api.settings import Settings
from api.wiring import Models, Service
from embeddings import doctor, storage
from embeddings.model_folder import SHIPPED_NAME
from tests.agreeing import agrees
from tests.torture import victim
from tests.torture.reports import QUESTIONS, Reports
from tests.torture.victim import Instant, Job, Steps

FAKES = ("bigrams-96", "bigrams-128")
SEED = int(os.environ.get("SEED", "20261123"))
CLOCK = "clock"  # killed from outside, whatever it does


@dataclass(frozen=True, slots=True)
class State:
    """What somebody who asks sees of a data folder."""

    version: str
    answers: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a rebuild leads to when nobody kills it, and how many steps each part of it has."""

    after: State
    steps: Counter[str]
    seconds: float


class Torture:
    """A data folder whose rebuilds are killed one after the other."""

    def __init__(self, folder: Path, models: Sequence[str], seed: int, paragraphs: int) -> None:
        self.killed: Counter[str] = Counter()  # by part of the rebuild
        self._folder = folder
        self._models = models
        self._rng = random.Random(seed)
        self._reports = Reports(folder / "corpus", self._rng, paragraphs)
        self._data = folder / "data"
        self._model = models[0]
        self._journal: defaultdict[str, set[bytes]] = defaultdict(set)  # by encoder
        self._serial = itertools.count()
        victim.rebuild(self._job())

    def kill(self) -> bool:
        """Change something, rebuild, kill, look, and rebuild again; whether the kill came in time.

        One time in three the rebuild that follows is done with a copy, so that the next kill meets
        what this one left.
        """
        self._change()
        job = self._job(full=self._rng.random() < 0.15)
        before = self._seen(self._data)
        rehearsal = self._rehearse(job)
        in_time = self._run(job, rehearsal)
        now = self._seen(self._data)
        moved = now.version != before.version
        assert agrees((rehearsal.after if moved else before).answers, now.answers)
        self._journal[job.model] |= victim.journalled(job.log)
        if moved:
            self._journal[job.model] = set()  # the version has it
        self._complete(rehearsal.after)
        return in_time

    def _change(self) -> None:
        """Other reports, another encoder, or both; or back to an older version."""
        if self._rng.random() < 0.8:
            self._reports.change()
        if self._rng.random() < 0.4:
            self._model = self._rng.choice(self._models)
        if self._rng.random() < 0.15:
            older = self._rng.choice(storage.versions(self._data)).version
            storage.activate(self._data, older)

    def _job(self, *, full: bool = False) -> Job:
        log = self._folder / f"log-{next(self._serial)}"
        return Job(self._reports.folder, self._data, self._model, log, full)

    def _rehearse(self, job: Job) -> Rehearsal:
        """Do a job with a copy of the data folder."""
        copy = self._copy()
        steps = Steps()
        began = time.perf_counter()
        with steps.counted():
            victim.rebuild(Job(job.corpus, copy, job.model, self._folder / "rehearsed", job.full))
        seconds = time.perf_counter() - began
        after = self._seen(copy)
        shutil.rmtree(copy)
        return Rehearsal(after, steps.counts, seconds)

    def _run(self, job: Job, rehearsal: Rehearsal) -> bool:
        """Start a job and kill it; whether that was in time."""
        part = self._rng.choice([CLOCK, *sorted(rehearsal.steps)])
        instant = None
        if part != CLOCK:
            instant = Instant(part, self._rng.randint(1, rehearsal.steps[part]))
        process = victim.start(job, instant)
        if part == CLOCK:
            time.sleep(self._rng.uniform(0, rehearsal.seconds))
            process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL), f"{job} {instant}"
        self.killed[part] += process.exitcode != 0
        return process.exitcode != 0

    def _complete(self, after: State) -> None:
        """Rebuild to the end; assert that this is possible, costs no more, and leaves nothing."""
        data = self._copy() if self._rng.random() < 1 / 3 else self._data
        known = self._journal[self._model] | self._in_versions(data)
        report, encoder = victim.rebuild(self._job().on(data))
        assert encoder.asked & known == set()
        assert agrees(after.answers, self._seen(data).answers)
        assert storage.current_version(data) == report.version
        assert doctor.check(data, encoder) == []
        assert left_over(data, encoder.fingerprint) == []
        if data == self._data:
            self._journal[self._model] = set()
        else:
            shutil.rmtree(data)

    def _in_versions(self, data: Path) -> set[bytes]:
        """The texts of all versions of the present encoder."""
        encoder = victim.load_encoder(self._model)
        texts: set[bytes] = set()
        for summary in storage.versions(data):
            if storage.built_with(data, summary.version).fingerprint == encoder.fingerprint:
                keys = storage.open_files(data, summary.version, encoder).keys()
                texts |= {key.tobytes() for pair in keys for key in pair}
        return texts

    def _copy(self) -> Path:
        """A copy of the data folder as it is."""
        return shutil.copytree(self._data, self._folder / f"copy-{next(self._serial)}")

    def _seen(self, data: Path) -> State:
        """What a service answers that is started now."""
        settings = Settings(corpus=self._reports.folder, data=data)
        encoder = encoders.at_start(settings, victim.load_encoder)
        models = Models(encoder, victim.segmenter(), load_encoder=victim.load_encoder)
        service = Service.open(settings, models)
        given = [answers.answer(service.answerer, AskIn(question=q)) for q in QUESTIONS]
        service.close()
        return State(service.index.version, [one.model_dump(mode="json") for one in given])


def left_over(data: Path, fingerprint: str) -> list[str]:
    """What is in a data folder and belongs to nothing, once a rebuild has come to its end."""
    known = {"CURRENT", "rebuild.lock", "switch.lock", "versions", "encoded"}
    names = {summary.version for summary in storage.versions(data)}
    return [
        *(path.name for path in data.iterdir() if path.name not in known),
        *(path.name for path in (data / "versions").iterdir() if path.name not in names),
        *(path.name for path in data.glob(f"encoded/{fingerprint}")),
    ]


def kill_often(torture: Torture, times: int) -> None:
    """Kill until so many rebuilds were killed in time."""
    for _ in range(3 * times):
        torture.kill()
        if torture.killed.total() == times:
            return
    raise AssertionError(f"the kills came too late: {torture.killed}")


def test_a_killed_rebuild_changes_nothing_or_all(tmp_path: Path) -> None:
    """A few, at instants all over the rebuild."""
    kill_often(Torture(tmp_path, FAKES, SEED, paragraphs=5), 15)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_two_hundred_killed_rebuilds(tmp_path: Path) -> None:
    """Every part of the rebuild is met."""
    torture = Torture(tmp_path, FAKES, SEED + 1, paragraphs=12)
    kill_often(torture, 200)
    assert min(torture.killed[part] for part in (CLOCK, *victim.PARTS)) >= 5


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_ten_killed_rebuilds_with_the_shipped_encoder(tmp_path: Path) -> None:
    """The same with vectors of a model, and a change of model to a fake and back."""
    kill_often(Torture(tmp_path, (SHIPPED_NAME, FAKES[0]), SEED + 2, paragraphs=4), 10)
