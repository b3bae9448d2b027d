"""FAISS against numpy, and the file format of a vector index."""

import errno
import io
from pathlib import Path

import faiss
import numpy as np
import pytest

from embeddings.types import FloatArray
from embeddings.vectors import FlatIndex, blocks


def unit_rows(rows: int, dimensions: int = 24, seed: int = 0) -> FloatArray:
    """Random unit vectors, the same for the same seed."""
    vectors = np.random.default_rng(seed).standard_normal((rows, dimensions), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


@pytest.mark.parametrize("rows", [1, 7, 500])
def test_similarities_are_numpys_dot_products(rows: int) -> None:
    """Every row has its cosine, in row order."""
    vectors, question = unit_rows(rows), unit_rows(1, seed=1)[0]
    found = FlatIndex.build(vectors).similarities(question)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, vectors @ question, atol=1e-6)


def test_similarities_reach_from_minus_one_to_one() -> None:
    """The row itself is at 1, its opposite at -1, and both are there."""
    vectors = unit_rows(1)
    found = FlatIndex.build(np.vstack([vectors, -vectors])).similarities(vectors[0])
    np.testing.assert_allclose(found, [1, -1], atol=1e-6)


@pytest.mark.parametrize("k", [1, 5, 60], ids=["one", "five", "more than there are"])
def test_search_finds_numpys_best_rows(k: int) -> None:
    """The k best rows of each question come best first."""
    vectors, questions = unit_rows(50), unit_rows(3, seed=1)
    scores, rows = FlatIndex.build(vectors).search(questions, k)
    cosines = questions @ vectors.T
    assert rows.tolist() == np.argsort(-cosines, axis=1)[:, :k].tolist()
    np.testing.assert_allclose(scores, np.take_along_axis(cosines, rows, axis=1), atol=1e-6)


def written(index: FlatIndex) -> bytes:
    """What an index writes to its file."""
    file = io.BytesIO()
    index.write(file)
    return file.getvalue()


def test_bytes_round_trip() -> None:
    """An index read back holds the same vectors and gives the same bytes again."""
    index = FlatIndex.build(unit_rows(20))
    again = FlatIndex.read(io.BytesIO(written(index)))
    assert np.array_equal(again.vectors, index.vectors)
    assert written(again) == written(index)


@pytest.mark.parametrize("rows", [0, 1, 5000], ids=["none", "one", "more than a block"])
def test_blocks_are_the_rows_of_the_file(tmp_path: Path, rows: int) -> None:
    """Read one after the other they give all vectors, each block with its first row."""
    index = FlatIndex.build(unit_rows(rows, dimensions=8))
    (tmp_path / "index").write_bytes(written(index))
    found = list(blocks(tmp_path / "index", rows, 8))
    assert [first for first, _ in found] == list(range(0, rows, 4096))
    read = np.concatenate([np.zeros((0, 8)), *(block for _, block in found)])
    assert np.array_equal(read, index.vectors)


def test_vectors_are_written_where_they_stand() -> None:
    """They start as zeros, are no copy, and live longer than the index."""
    index, rows = FlatIndex.zeros(3, 24), unit_rows(3)
    vectors = index.vectors
    assert not vectors.any()
    vectors[:] = rows
    np.testing.assert_allclose(index.similarities(rows[1])[1], 1, atol=1e-6)
    del index
    assert np.array_equal(vectors, rows)


class FullDisk:
    """A file on a disk without room."""

    def write(self, data: bytes, /) -> int:
        """Fail as the disk does."""
        raise OSError(errno.ENOSPC, "no space")


def test_a_full_disk_is_told_of() -> None:
    """FAISS lets the error of the file through."""
    with pytest.raises(OSError, match="no space"):
        FlatIndex.build(unit_rows(20)).write(FullDisk())


def test_no_rows() -> None:
    """An empty index answers with nothing."""
    index = FlatIndex.build(np.zeros((0, 24), dtype=np.float32))
    assert len(index) == 0
    assert index.similarities(unit_rows(1)[0]).shape == (0,)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no index at all",
        written(FlatIndex.build(unit_rows(20)))[:-100],
        faiss.serialize_index(faiss.IndexFlatL2(4)).tobytes(),
    ],
    ids=["empty", "foreign", "truncated", "another metric"],
)
def test_what_is_no_index_is_refused(content: bytes) -> None:
    """Bytes that are no inner-product index give a ValueError, not a crash later."""
    with pytest.raises(ValueError, match="index"):
        FlatIndex.read(io.BytesIO(content))
