"""FAISS against numpy, and the file format of a vector index."""

import faiss
import numpy as np
import pytest

from embeddings.types import FloatArray
from embeddings.vectors import FlatIndex


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


def test_bytes_round_trip() -> None:
    """An index read back holds the same vectors and gives the same bytes again."""
    index = FlatIndex.build(unit_rows(20))
    again = FlatIndex.from_bytes(index.to_bytes())
    assert np.array_equal(again.vectors, index.vectors)
    assert again.to_bytes() == index.to_bytes()


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
        FlatIndex.build(unit_rows(20)).to_bytes()[:-100],
        faiss.serialize_index(faiss.IndexFlatL2(4)).tobytes(),
    ],
    ids=["empty", "foreign", "truncated", "another metric"],
)
def test_what_is_no_index_is_refused(content: bytes) -> None:
    """Bytes that are no inner-product index give a ValueError, not a crash later."""
    with pytest.raises(ValueError, match="index"):
        FlatIndex.from_bytes(content)
