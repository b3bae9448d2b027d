"""How far a rebuild is, for a person at a terminal or for a log."""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import NoReturn, Self, TextIO

from tqdm import tqdm

from embeddings.types import Progress, Stage

_STAGES: Mapping[Stage, str] = {
    "read": "读取 / Reading",
    "encode": "编码 / Encoding",
    "words": "分词 / Cutting words",
    "check": "检查回答 / Checking answers",
    "write": "写入 / Writing",
}
_LOG_SECONDS = 5.0  # a log wants a sign of life, not every batch
_LOG_LINE = "{desc} {n_fmt}/{total_fmt} {percentage:.0f}% {rate_noinv_fmt} ETA {remaining}"


class ProgressDisplay:
    """Shows `Progress` on `stream`: a bar with rate and ETA on a terminal, else lines of these.

    Pass it as `on_progress`; use it in a `with` so that the last bar is finished. `clock` gives
    seconds.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._stage: Stage | None = None
        self._bar: tqdm[NoReturn] | None = None  # NoReturn: it iterates over nothing
        self._began = (0.0, 0)  # when the stage's first step came, and how much was done then
        self._last_line = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._finish()

    def __call__(self, progress: Progress) -> None:
        """Show one step."""
        if self._stream.isatty():
            self._draw(progress)
        else:
            self._write(progress)
        self._stage = progress.stage

    def _draw(self, progress: Progress) -> None:
        """Move the bar of this stage."""
        if self._bar is None or progress.stage != self._stage:
            self._finish()
            self._bar = tqdm(desc=_STAGES[progress.stage], total=progress.total, file=self._stream)
        self._bar.update(progress.done - self._bar.n)

    def _write(self, progress: Progress) -> None:
        """Write a line for the first and the last step of a stage, and at times between."""
        now = self._clock()
        first = progress.stage != self._stage
        if first:
            self._began = now, progress.done
        if first or progress.done == progress.total or now - self._last_line >= _LOG_SECONDS:
            self._last_line = now
            self._stream.write(f"{self._line(progress, now)}\n")
            self._stream.flush()

    def _line(self, progress: Progress, now: float) -> str:
        """Done of how many, percentage, rate and ETA; "?" for those two before the second step."""
        began, done_then = self._began
        return tqdm.format_meter(
            progress.done,
            progress.total,
            now - began,
            initial=done_then,
            prefix=_STAGES[progress.stage],
            unit="",
            bar_format=_LOG_LINE,
        )

    def _finish(self) -> None:
        """End the bar, if there is one."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
