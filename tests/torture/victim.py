"""A rebuild in a process of its own, which kills itself at one instant or waits to be killed."""

import functools
import json
import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from types import FrameType
from typing import Any

from corpus.text import Segmenter
from embeddings import build, reuse, storage
from embeddings.build import Options
from embeddings.texts import key
from embeddings.types import BuildReport, Encoder, FloatArray, Progress
from tests.fakes import load_fake_encoder

_PARTS = {
    reuse.keep.__code__: "journal",
    storage.save.__code__: "write",
    storage.activate.__code__: "switch",
    storage.prune.__code__: "clean-up",
    reuse.forget.__code__: "forget",
}
_REST = "rest"
PARTS = (*_PARTS.values(), _REST)
_DISK = {"open", "write", "flush", "fsync", "mkdir", "rename", "replace", "unlink", "rmdir"}


@dataclass(frozen=True, slots=True)
class Instant:
    """The moment before the `number`-th step, from 1, in one part of a rebuild."""

    part: str
    number: int


@dataclass(frozen=True, slots=True)
class Job:
    """One rebuild: from where to where, with which encoder; `log` gets the texts it journalled."""

    corpus: Path
    data: Path
    model: str
    log: Path
    full: bool = False

    def on(self, data: Path) -> "Job":
        """Return the same rebuild of another data folder."""
        return replace(self, data=data)


class Steps:
    """Counts the steps of each part of a rebuild, and ends the process by SIGKILL at an instant.

    Steps are calls that change the disk; in the rest, which changes nothing there, calls into C.
    """

    def __init__(self, last: Instant | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._last = last
        self._inside = [_REST]

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count in the block, in this thread."""
        sys.setprofile(self._step)
        try:
            yield
        finally:
            sys.setprofile(None)

    def _step(self, frame: FrameType, event: str, arg: Any) -> None:  # noqa: ANN401 - Python's
        if event == "c_call":
            part = self._inside[-1]
            if part == _REST or arg.__name__ in _DISK:
                self._count(part)
        elif frame.f_code in _PARTS:
            if event == "call":
                self._inside.append(_PARTS[frame.f_code])
            elif event == "return":
                self._inside.pop()

    def _count(self, part: str) -> None:
        self.counts[part] += 1
        if Instant(part, self.counts[part]) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


class WatchedEncoder:
    """Another encoder; `asked` are the keys of the texts it was given.

    A rebuild journals what it encoded before it asks for more: `log` has, a line for each call, the
    texts of all calls but the last, and at the end of the encoding those, too.
    """

    def __init__(self, encoder: Encoder, log: Path) -> None:
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.asked: set[bytes] = set()
        self._encoder = encoder
        self._log = log
        self._pending: Sequence[str] = ()

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        return self._encoder.dimensions

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return what the other does."""
        return self._encoder.encode_questions(texts)

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return what the other does; the texts of the call before are in the journal now."""
        self._journalled()
        self.asked.update(map(key, texts))
        rows = self._encoder.encode_passages(texts, on_batch)
        self._pending = texts
        return rows

    def on_progress(self, progress: Progress) -> None:
        """Note the end of the encoding."""
        if progress.stage not in ("read", "encode"):
            self._journalled()

    def _journalled(self) -> None:
        if self._pending:
            with self._log.open("a") as log:
                log.write(json.dumps(self._pending) + "\n")
            self._pending = ()


@functools.cache
def segmenter() -> Segmenter:
    """Return the one of this process."""
    return Segmenter.load()


@functools.cache
def load_encoder(name: str | None) -> Encoder:
    """Return a fake by its name, any other from its folder; each is loaded once in a process."""
    if (name or "").startswith("bigrams-"):
        return load_fake_encoder(name)
    from embeddings.encoder import SentenceEncoder  # slow, and no process with a fake needs it

    return SentenceEncoder.load(name)


def rebuild(job: Job) -> tuple[BuildReport, WatchedEncoder]:
    """Do a job in this process; return its report and the encoder that it asked."""
    encoder = WatchedEncoder(load_encoder(job.model), job.log)
    report = build.rebuild(
        job.corpus,
        job.data,
        encoder,
        segmenter(),
        Options(full=job.full),
        on_progress=encoder.on_progress,
    )
    return report, encoder


def start(job: Job, last: Instant | None) -> BaseProcess:
    """Return the process that does a job up to an instant, or to its end; it has just begun."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "tests.torture.warm"])
    begun = context.Event()
    process = context.Process(target=_run, args=(job, last, begun))
    process.start()
    begun.wait()
    return process


def _run(job: Job, last: Instant | None, begun: Event) -> None:
    """What the process does."""
    load_encoder(job.model)
    begun.set()
    with Steps(last).counted():
        rebuild(job)


def journalled(log: Path) -> set[bytes]:
    """Return the keys of the texts that a log names; a line cut short by the kill says nothing."""
    lines = log.read_text("utf-8").splitlines(keepends=True) if log.exists() else []
    whole = (json.loads(line) for line in lines if line.endswith("\n"))
    return {key(text) for texts in whole for text in texts}
