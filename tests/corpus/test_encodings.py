"""Bytes read as the text they were written as, or refused."""

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.encodings import UnreadableDocument, decode
from tests.corpus.writing import SIMPLIFIED, TRADITIONAL

_ENGLISH = "The library reopened in spring. Visits grew by 20%.\n"
_LENGTHS = [20, 60, len(SIMPLIFIED)]


@given(st.text(min_size=1).filter(lambda text: text.strip() and text.isprintable()))
def test_utf8_round_trip(text: str) -> None:
    """Printable text in UTF-8 comes back, with and without its mark."""
    mark = codecs.BOM_UTF8.decode()
    if not text.startswith(mark):
        assert decode(text.encode()) == text
    assert decode(f"{mark}{text}".encode()) == text


@pytest.mark.parametrize("length", _LENGTHS)
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "gbk"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "cp950"),
        (TRADITIONAL, "big5hkscs"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16-le"),
        (TRADITIONAL, "utf-16-be"),
    ],
)
def test_chinese_round_trip(text: str, encoding: str, length: int) -> None:
    """Each encoding is told from the others, from twenty characters on."""
    part = text[:length]
    assert decode(part.encode(encoding)) == part


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16-be", "utf-8"])
def test_reports_with_lines_and_figures(encoding: str, line_end: str) -> None:
    """ASCII among the Chinese changes nothing, and line ends stay as they are."""
    text = line_end.join(["2025年工作报告", SIMPLIFIED, "Visits: 12,600 (+20%)", ""])
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["ascii", "utf-16", "utf-16-le", "utf-16-be"])
def test_english_round_trip(encoding: str) -> None:
    """Text without any Chinese is read too."""
    assert decode(_ENGLISH.encode(encoding)) == _ENGLISH


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_marks_are_taken_off(encoding: str) -> None:
    """The byte order mark is no part of the text."""
    assert decode(f"\ufeff{SIMPLIFIED}".encode(encoding)) == SIMPLIFIED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \r\n\t",
        codecs.BOM_UTF8,
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00",
        b"\x00" * 64,
        bytes(range(1, 32)) * 4,
        bytes(range(256)) * 4,
        SIMPLIFIED.encode()[:-1] + b"\xff\xff",
        SIMPLIFIED.encode("shift_jis", "ignore") + "ひらがなカタカナ".encode("euc_jp") * 20,
        codecs.BOM_UTF16_LE + b"\x00\xd8a",
        "Ünïcödé à là cárte, œuvre ".encode("cp1252") * 3,
    ],
    ids=[
        "empty",
        "blank",
        "mark-only",
        "picture",
        "nulls",
        "controls",
        "all-bytes",
        "broken-utf8",
        "japanese",
        "broken-utf16",
        "western",
    ],
)
def test_what_is_no_readable_text_is_refused(content: bytes) -> None:
    """The reason is given in both languages."""
    with pytest.raises(UnreadableDocument, match=r"[\u4e00-\u9fff].* / [a-z]"):
        decode(content)


def test_a_stray_control_character_does_not_lose_a_report() -> None:
    """A form feed or one damaged character is kept as it is."""
    text = f"{SIMPLIFIED}\x0c{SIMPLIFIED}\x08"
    assert decode(text.encode()) == text


@given(st.binary())
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    """Nothing else can happen."""
    with contextlib.suppress(UnreadableDocument):
        assert decode(content).strip()
