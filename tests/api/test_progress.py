"""Progress of a rebuild: a bar on a terminal, plain lines in a log."""

import io

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
    assert [line.rpartition(" ")[2] for line in lines] == ["1/3", "3/3", "32/90", "90/90"]
