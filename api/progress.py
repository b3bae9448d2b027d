"""How far a rebuild is, for a person at a terminal or for a log."""

import time
from collections.abc import Mapping
from types import TracebackType
from typing import NoReturn, Self, TextIO

from tqdm import tqdm

from embeddings.types import Progress, Stage

_STAGES: Mapping[Stage, str] = {
    "read": "读取 / Reading",
    "encode": "编码 / Encoding",
    "words": "分词 / Cutting words",
    "write": "写入 / Writing",
}
_LOG_SECONDS = 10.0  # a log wants a sign of life, not every batch


class ProgressDisplay:
    """Shows `Progress` on `stream`: on a terminal a bar with rate and ETA, else a line at times.

    Pass it as `on_progress`; use it in a `with` so that the last bar is finished.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stage: Stage | None = None
        self._bar: tqdm[NoReturn] | None = None  # NoReturn: it iterates over nothing
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
        now = time.monotonic()
        first = progress.stage != self._stage
        if first or progress.done == progress.total or now - self._last_line >= _LOG_SECONDS:
            self._last_line = now
            line = f"{_STAGES[progress.stage]} {progress.done}/{progress.total}\n"
            self._stream.write(line)
            self._stream.flush()

    def _finish(self) -> None:
        """End the bar, if there is one."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None
