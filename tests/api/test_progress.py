"""Progress of a rebuild: a bar on a terminal, plain lines in a log."""

import io
import re

from api.progress import ProgressDisplay
from embeddings.types import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Return that it is one."""
        return True


def show(stream: io.StringIO) -> str:
    """Return what a rebuild of two stages writes to a stream."""
    with ProgressDisplay(stream) as display:
        for done in range(1, 4):
            display(Progress("read", done, 3))
        for done in (32, 64, 90):
            display(Progress("encode", done, 90))
    return stream.getvalue()


def test_a_terminal_gets_a_bar_with_rate_and_eta() -> None:
    """One for each stage, and both come to their end."""
    text = show(Terminal())
    assert "读取" in text
    assert "编码" in text
    assert "\r" in text
    assert "/s" in text
    assert "100%" in text
    assert "90/90" in text


def test_a_log_gets_first_and_last_lines() -> None:
    """And no control characters."""
    lines = show(io.StringIO()).splitlines()
    assert [re.findall(r"\d+/\d+", line)[0] for line in lines] == ["1/3", "3/3", "32/90", "90/90"]


def test_a_log_line_has_percentage_rate_and_eta() -> None:
    """One at least every five seconds; rate and ETA are unknown at the first step."""
    stream, seconds = io.StringIO(), iter([0.0, 1.0, 5.0, 6.0, 10.0])
    display = ProgressDisplay(stream, clock=lambda: next(seconds))
    for done in (40, 50, 100, 110, 240):
        display(Progress("encode", done, 400))
    assert stream.getvalue().splitlines() == [
        "编码 / Encoding 40/400 10% ?/s ETA ?",
        "编码 / Encoding 100/400 25% 12.00/s ETA 00:25",
        "编码 / Encoding 240/400 60% 20.00/s ETA 00:08",
    ]
