"""Exact nearest vectors with FAISS, the only file that knows it."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

import faiss
import numpy as np

from embeddings.types import FloatArray, IntArray, Writable

_BELOW_ANY_COSINE = -2.0  # a threshold that every row of unit length passes
_BLOCK = 1 << 20  # bytes handed over at a time
_FLOAT = 4  # bytes
_ROWS = 4096  # read at a time: 6 MiB of 384 dimensions


class FlatIndex:
    """An exact inner-product index: the cosine, as all rows are unit vectors.

    Exact search reads every vector, 12 ms for 100,000 of 384 dimensions on one core. Nothing
    approximate pays before several million.
    """

    def __init__(self, flat: faiss.IndexFlat) -> None:
        self._flat = flat

    @classmethod
    def build(cls, vectors: FloatArray) -> Self:
        """Return an index over unit rows of shape (rows, dimensions), float32."""
        index = cls.zeros(*vectors.shape)
        index.vectors[:] = vectors
        return index

    @classmethod
    def zeros(cls, rows: int, dimensions: int) -> Self:
        """Return an index whose `vectors` are zeros, to be written where they stand."""
        flat = faiss.IndexFlatIP(dimensions)
        flat.codes.resize(rows * dimensions * _FLOAT)
        flat.ntotal = rows
        return cls(flat)

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    @property
    def vectors(self) -> FloatArray:
        """All rows as they stand in memory, no copy: float32 of shape (rows, dimensions)."""
        return np.asarray(_Rows(self._flat))

    def search(self, vectors: FloatArray, k: int) -> tuple[FloatArray, IntArray]:
        """Return cosines and rows of the k best for each of `vectors`, best first.

        Both have the shape (len(vectors), min(k, rows)).
        """
        scores, rows = self._flat.search(vectors, min(k, len(self)))
        return scores, rows

    def similarities(self, vector: FloatArray) -> FloatArray:
        """Return every row's cosine to a unit `vector`, float32 of shape (rows,)."""
        # A range search keeps no heap of the best: ten times faster than search(k=rows).
        _, scores, rows = self._flat.range_search(vector[np.newaxis], _BELOW_ANY_COSINE)
        similarities = np.empty(len(self), dtype=np.float32)
        similarities[rows] = scores
        return similarities

    def write(self, file: Writable) -> None:
        """Write the index in FAISS's own file format, the vectors last."""
        # serialize_index() takes eight times as long and four times the memory
        writer = faiss.PyCallbackIOWriter(file.write, _BLOCK)  # type: ignore[attr-defined]
        faiss.write_index(self._flat, writer)

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """Return the index that `write` wrote; ValueError where FAISS cannot read it."""
        reader = faiss.PyCallbackIOReader(file.read, _BLOCK)  # type: ignore[attr-defined]
        try:
            index = faiss.read_index(reader)
        except RuntimeError as error:
            raise ValueError(f"FAISS cannot read this index: {error}") from error
        if not isinstance(index, faiss.IndexFlatIP):
            raise ValueError(f"this FAISS index is a {type(index).__name__}, not an IndexFlatIP")
        return cls(index)


def blocks(path: Path, rows: int, dimensions: int) -> Iterator[tuple[int, FloatArray]]:
    """Yield the vectors of an index written to a file, each few thousand with their first row.

    Whoever goes through all of them this way needs memory for a block only.
    """
    with path.open("rb") as file:
        file.seek(-rows * dimensions * _FLOAT, os.SEEK_END)
        for start in range(0, rows, _ROWS):
            count = min(_ROWS, rows - start) * dimensions
            yield start, np.fromfile(file, dtype=np.float32, count=count).reshape(-1, dimensions)


class _Rows:
    """The memory of an index as numpy takes it; arrays over it keep it alive."""

    def __init__(self, flat: faiss.IndexFlat) -> None:
        self._flat = flat
        self.__array_interface__ = {
            "version": 3,
            "shape": (flat.ntotal, flat.d),
            "typestr": "<f4",
            "data": (int(flat.codes.data()) if flat.ntotal else 0, False),
        }
