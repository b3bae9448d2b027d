"""One rebuild at a time behind the requests that ask for it."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from api.problems import COMMAND_ERRORS, PROBLEMS, disk_text
from embeddings.build import OnProgress, RebuildRefused, RebuildRunning
from embeddings.types import BuildReport, Progress

_log = logging.getLogger(__name__)

_TURN_SECONDS = 1.0  # between two looks at whether another process has ended its rebuild


@dataclass(frozen=True, slots=True)
class Order:
    """How a rebuild is asked for: encode everything; switch whatever the quality gate says."""

    full: bool = False
    force: bool = False

    def __or__(self, other: "Order") -> "Order":
        """Return one that does for both."""
        return Order(self.full or other.full, self.force or other.force)


Build = Callable[[Order, OnProgress], BuildReport]


class State(StrEnum):
    """What the rebuild job is doing, or how it last ended."""

    IDLE = "idle"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RebuildCancelled(Exception):
    """Raised inside a rebuild that an operator cancelled; the old version goes on serving."""


@dataclass(frozen=True, slots=True)
class RebuildStatus:
    """A moment of the rebuild job.

    `stage_began` is when its stage's first step was told, in seconds of `time.monotonic`, and
    `done_then` how much was done by that step: what came before it took an unknown time.
    """

    state: State = State.IDLE
    progress: Progress | None = None
    stage_began: float = 0.0
    done_then: int = 0
    report: BuildReport | None = None
    error: str = ""

    @property
    def rate(self) -> float | None:
        """Done per second in this stage; None before its second step."""
        seconds = time.monotonic() - self.stage_began
        if self.progress is None or self.progress.done <= self.done_then or seconds <= 0:
            return None
        return (self.progress.done - self.done_then) / seconds

    @property
    def eta_seconds(self) -> float | None:
        """Seconds to the end of this stage; None while nobody can tell."""
        if self.progress is None or not (rate := self.rate):
            return None
        return (self.progress.total - self.progress.done) / rate


class Rebuilding:
    """Runs rebuilds in a thread. Requests that come during one are merged into one more.

    A rebuild reads the corpus folder at its start, so a report that arrives later needs another.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._wanted: Order | None = None
        self._cancelled = threading.Event()
        self.status = RebuildStatus()

    def request(self, *, full: bool = False, force: bool = False) -> RebuildStatus:
        """Have the index rebuilt from now on, soon; return at once."""
        with self._lock:
            self._wanted = (self._wanted or Order()) | Order(full, force)
            if self._thread is None:
                self.status = RebuildStatus(State.RUNNING)
                self._thread = threading.Thread(target=self._run, name="rebuild", daemon=True)
                self._thread.start()
            return self.status

    def cancel(self) -> RebuildStatus:
        """Stop the running rebuild at its next step, and forget those asked for meanwhile."""
        with self._lock:
            if self._thread is not None:
                self._wanted = None
                self._cancelled.set()
            return self.status

    def close(self) -> None:
        """Cancel and wait for the end."""
        self.cancel()
        if thread := self._thread:
            thread.join()

    def _run(self) -> None:
        """Rebuild until nobody has asked for more."""
        ended = RebuildStatus()
        while (order := self._next(ended)) is not None:
            ended = self._rebuild(order)

    def _next(self, ended: RebuildStatus) -> Order | None:
        """The order of the next rebuild; None, and no thread any more, if none is due.

        One step under the lock: a poller never sees an end while another rebuild is due.
        """
        with self._lock:
            order, self._wanted = self._wanted, None
            if order is None:
                self.status, self._thread = ended, None
                return None
            self._cancelled.clear()
            self.status = RebuildStatus(State.RUNNING)
            return order

    def _rebuild(self, order: Order) -> RebuildStatus:
        """One rebuild, to whatever end."""
        try:
            return RebuildStatus(State.SUCCEEDED, report=self._build_in_turn(order))
        except RebuildCancelled:
            return RebuildStatus(State.CANCELLED)
        except RebuildRefused as error:
            return replace(self._failed(str(error)), report=error.report)
        except (*PROBLEMS, *COMMAND_ERRORS) as error:  # the operator's to mend: no traceback
            return self._failed(str(error))
        except OSError as error:
            return self._failed(disk_text(error))
        except Exception as error:  # noqa: BLE001 - the thread's edge: it must tell, not vanish
            _log.exception("rebuild failed")
            return RebuildStatus(State.FAILED, error=str(error) or type(error).__name__)

    def _failed(self, text: str) -> RebuildStatus:
        """The end for a reason that the text explains."""
        _log.error("rebuild failed: %s", text)
        return RebuildStatus(State.FAILED, error=text)

    def _build_in_turn(self, order: Order) -> BuildReport:
        """The rebuild itself, once no other process rebuilds the same folder."""
        while True:
            try:
                return self._build(order, self._note)
            except RebuildRunning:
                if self._cancelled.wait(_TURN_SECONDS):
                    raise RebuildCancelled from None

    def _note(self, progress: Progress) -> None:
        """Keep a step of the running rebuild; its way out where it was cancelled."""
        if self._cancelled.is_set():
            raise RebuildCancelled
        before = self.status.progress
        if before is None or before.stage != progress.stage:
            self.status = replace(
                self.status, stage_began=time.monotonic(), done_then=progress.done
            )
        self.status = replace(self.status, progress=progress)
