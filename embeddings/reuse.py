"""Vectors that need not be computed again: those of all versions and of a killed rebuild.

DATA/encoded/<fingerprint>/<hash>.npz    texts that a rebuild encoded before it was stopped

Vectors go from file to file and are never all in memory but in the index that they make.
"""

import contextlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.files import LAYOUT, Stored, StoredFile, write
from embeddings.texts import KEY_BYTES
from embeddings.types import Encoder, FloatArray, IntArray
from embeddings.vectors import FlatIndex

ENCODED = "encoded"

Keys = NDArray[np.bytes_]
"""Keys of texts, 32 bytes each; numpy takes zeros at an end away, and compares as if they stood."""


class Source(Protocol):
    """A file with vectors."""

    @property
    def keys(self) -> Keys:
        """The key of each row's text."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    def blocks(self) -> Iterator[tuple[int, FloatArray]]:
        """Yield all rows in order, some at a time, each time with the first one's number."""


class Wanted:
    """The texts that an index is made of, each of them once, and where their vectors are.

    A place is one of the two texts of a sentence: they are numbered sentence by sentence.
    """

    def __init__(self, keys: NDArray[np.uint8]) -> None:
        """Want the vectors of `keys`, shape (sentences, 2, 32)."""
        self._keys, self._first, self._texts = np.unique(
            _flat(keys), return_index=True, return_inverse=True
        )
        self._source = np.full(len(self._keys), -1, dtype=np.int32)
        self._row = np.zeros(len(self._keys), dtype=np.int32)
        self._sources: list[Source] = []

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def missing(self) -> IntArray:
        """The first place of each text whose vector is nowhere yet."""
        return np.sort(self._first[self._source < 0])

    def keys(self, places: IntArray) -> Keys:
        """Return the keys of the texts of some places."""
        return self._keys[self._texts[places]]

    def lacks(self, source: Source) -> bool:
        """Return whether `source` has any of what is missing."""
        texts, _ = self._found(source.keys)
        return bool((self._source[texts] < 0).any())

    def find(self, source: Source) -> None:
        """Take from `source` what is missing."""
        texts, rows = self._found(source.keys)
        new = self._source[texts] < 0
        self._source[texts[new]] = len(self._sources)
        self._row[texts[new]] = rows[new]
        self._sources.append(source)

    def gather(self, encoder: Encoder) -> tuple[FlatIndex, FlatIndex]:
        """Return the vectors of all sentences alone and in their context; nothing may be missing.

        Only where there are none must the encoder, loaded or not, be asked how long they are.
        """
        dimensions = self._sources[0].dimensions if self._sources else encoder.dimensions
        sentences = len(self._texts) // 2
        pair = FlatIndex.zeros(sentences, dimensions), FlatIndex.zeros(sentences, dimensions)
        order = np.lexsort((self._row[self._texts], self._source[self._texts]))
        ends = np.searchsorted(self._source[self._texts[order]], np.arange(len(self._sources) + 1))
        for source, start, end in zip(self._sources, ends, ends[1:], strict=False):
            if start < end:
                self._copy(source, order[start:end], pair)
        return pair

    def _copy(self, source: Source, places: IntArray, pair: tuple[FlatIndex, FlatIndex]) -> None:
        """Copy rows of a source to the places that want them, given in the order of the rows."""
        rows = self._row[self._texts[places]]
        for first, block in source.blocks():
            own = slice(*np.searchsorted(rows, (first, first + len(block))))
            for kind, index in enumerate(pair):
                chosen = places[own] % 2 == kind
                index.vectors[places[own][chosen] // 2] = block[rows[own][chosen] - first]

    def _found(self, keys: Keys) -> tuple[IntArray, IntArray]:
        """The texts that are among `keys`, each once, and their rows there."""
        at = np.searchsorted(self._keys, keys)
        held = np.flatnonzero(at < len(self._keys))
        held = held[self._keys[at[held]] == keys[held]]
        texts, first = np.unique(at[held], return_index=True)
        return texts, held[first]


@dataclass(frozen=True, slots=True, eq=False)
class _OfVersion:
    """The vectors of a version: of sentences alone, or in their context."""

    keys: Keys
    stored: Stored
    name: str

    @property
    def dimensions(self) -> int:
        return self.stored.manifest.dimensions

    def blocks(self) -> Iterator[tuple[int, FloatArray]]:
        return self.stored.vectors(self.name)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What was encoded between two writes to disk."""

    keys: Keys
    dimensions: int
    path: Path

    def blocks(self) -> Iterator[tuple[int, FloatArray]]:
        with np.load(self.path, allow_pickle=False) as part:
            yield 0, part["vectors"]


def from_version(stored: Stored) -> tuple[Source, Source]:
    """Return the vectors of a version; of its files only the keys are checked."""
    keys = stored.keys()
    return (
        _OfVersion(_flat(keys[:, 0]), stored, LAYOUT.plain),
        _OfVersion(_flat(keys[:, 1]), stored, LAYOUT.contextual),
    )


def from_killed_rebuild(data: Path, fingerprint: str) -> Iterator[Source]:
    """Yield what rebuilds with this encoder kept before a stop; damaged parts are skipped."""
    for path in sorted((data / ENCODED / fingerprint).glob("*.npz")):
        content = path.read_bytes()
        if is_sound(path, content):
            with np.load(io.BytesIO(content), allow_pickle=False) as part:
                yield _Part(_flat(part["keys"]), part["vectors"].shape[1], path)


def is_sound(path: Path, content: bytes) -> bool:
    """Return whether a part of what was kept is as it was written."""
    return path.stem == StoredFile.of(content).sha256


def keep(data: Path, fingerprint: str, keys: Keys, vectors: FloatArray) -> Source:
    """Put vectors on disk, for this rebuild or, if it does not get to its end, for the next."""
    folder = data / ENCODED / fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    rows = keys.view(np.uint8).reshape(len(keys), KEY_BYTES)
    part = io.BytesIO()
    np.savez(part, keys=rows, vectors=vectors)
    path = folder / f"{StoredFile.of(part.getvalue()).sha256}.npz"
    write(path, part.getvalue())
    return _Part(keys, vectors.shape[1], path)


def forget(data: Path, fingerprint: str) -> None:
    """Remove what was kept of an encoder: a version holds it now, or it is not to be trusted.

    What a killed rebuild with another encoder left stays for that one.
    """
    folder = data / ENCODED / fingerprint
    if folder.exists():
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):  # not there, or another encoder's part is in it
        folder.parent.rmdir()


def _flat(keys: NDArray[np.uint8]) -> Keys:
    """Keys of any shape one after the other."""
    return np.ascontiguousarray(keys).reshape(-1).view(f"S{KEY_BYTES}")
