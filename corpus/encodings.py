"""Bytes to text: Unicode with or without its mark; GB18030, Big5 told apart by plausibility."""

import codecs
import re
from collections.abc import Sequence

from corpus.text import normalize

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_16 = ("utf-16-le", "utf-16-be")
_GUESSES = ("gb18030", "cp950", "big5hkscs", *_UTF_16)  # cp950 is Big5 as Windows writes it

# Paragraphs of real reports, 50 characters each: read rightly 0.93 or more of the characters that
# are not ASCII are common ones, read wrongly 0.58 or less.
_PLAUSIBLE = 0.75
_SAMPLE = 20_000  # characters to judge by; more would not change the verdict
_MOST_CONTROLS = 0.01  # share of control characters in a text that was only slightly damaged
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # white space is none
_COMMON_ROWS = (0xA1, *range(0xB0, 0xD8))  # of GB 2312: punctuation, and its 3,755 first-level Han


class UnreadableDocument(Exception):
    """A file that gives no text; the message says why, in Chinese and in English."""


def decode(content: bytes) -> str:
    """Return the text of a file without its byte order mark, and otherwise unchanged.

    The encoding is the one a byte order mark names, else UTF-8 where the bytes are that, else the
    most plausible of GB18030, Big5 and UTF-16. Raises UnreadableDocument where the file is empty,
    is not text, or is text in none of these encodings.
    """
    text = _decoded(content)
    if text is None and b"\0" not in content:
        raise UnreadableDocument(
            "编码无法识别，请存为 UTF-8 / unknown encoding; please save the file as UTF-8"
        )
    if text is None or "\0" in text or len(_CONTROL.findall(text)) > _MOST_CONTROLS * len(text):
        raise UnreadableDocument("不是文本文件 / not a text file")
    if not text.strip():
        raise UnreadableDocument("文件是空的 / the file is empty")
    return text


def _decoded(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    if b"\0" in content:
        return _most_plausible(content, _UTF_16)
    text = _strictly(content, "utf-8")
    return _most_plausible(content, _GUESSES) if text is None else text


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _most_plausible(content: bytes, encodings: Sequence[str]) -> str | None:
    """Return the reading with the largest share of common characters, None if all look wrong."""
    readings = (_strictly(content, encoding) for encoding in encodings)
    best = max((r for r in readings if r is not None), key=_plausibility, default=None)
    return best if best is not None and _plausibility(best) >= _PLAUSIBLE else None


def _plausibility(text: str) -> float:
    """Return the share of common characters among those that are not ASCII; 1.0 without any."""
    judged = [c for c in normalize(text[:_SAMPLE]) if not c.isascii()]
    return sum(map(_is_common, judged)) / len(judged) if judged else 1.0


def _is_common(character: str) -> bool:
    try:
        return character.encode("gb2312")[0] in _COMMON_ROWS
    except UnicodeEncodeError:
        return False
