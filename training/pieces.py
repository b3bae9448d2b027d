"""Chooses the tokenizer pieces that Chinese and English text uses."""

import gzip
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer

_WORDS = 10_000  # frequent English words whose pieces stay, as written and with a capital
_CAPITALS = 3_000  # the most frequent of them also in capitals, as in headings and acronyms

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_SIGNS = "\u0021-\u0040\u005b-\u0060\u007b-\u007e"  # digits among them
_SIGNS = _ASCII_SIGNS + (
    "\u00a1-\u00bf\u00d7\u00f7"  # Latin-1 signs
    "\u2000-\u2bff"  # punctuation, currency, arrows, mathematics, and the space mark of pieces
    "\u3000-\u303f\u3200-\u33ff\ufe30-\ufe4f\uff00-\uff64\uffe0-\uffef"  # Chinese and full width
    "\U0001f000-\U0001faff"  # emoji
)
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff"  # Latin and Greek
_KEPT = re.compile(f"[{_HAN}{_SIGNS}]+|▁?[{_LETTERS}]")


def kept_ids(pieces: Iterable[str], special: set[str], english: set[str]) -> list[int]:
    """Return the ids to keep, ascending, so that pieces stay in order.

    Kept are the special tokens, all pieces of Han characters, digits, punctuation and symbols, each
    single Latin or Greek letter (so that no such word is unknown), and `english`.
    """
    chosen = special | english
    return [id_ for id_, piece in enumerate(pieces) if piece in chosen or _KEPT.fullmatch(piece)]


def english_pieces(tokenizer: Tokenizer, word_list: Path) -> set[str]:
    """Return the pieces into which `tokenizer` cuts the most frequent words of `word_list`.

    The list is gzipped, a lower-case word a line, the most frequent first. XLM-R's own order of
    pieces would not do: it is over a hundred languages, and `▁Python` comes after 40,000 others.
    """
    with gzip.open(word_list, "rt", encoding="utf-8") as lines:
        words = [line.strip() for line in islice(lines, _WORDS)]
    capitalised = [word.capitalize() for word in words]
    capitals = [word.upper() for word in words[:_CAPITALS]]
    encodings = tokenizer.encode_batch(words + capitalised + capitals, add_special_tokens=False)
    return {piece for encoding in encodings for piece in encoding.tokens}
