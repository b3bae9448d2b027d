"""Where vectors are found, and that each comes to every place that wants it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from embeddings import reuse
from embeddings.reuse import Keys, Wanted
from embeddings.texts import KEY_BYTES
from embeddings.types import FloatArray
from tests.fakes import BigramEncoder

DIMENSIONS = BigramEncoder().dimensions


def keys(*numbers: int) -> Keys:
    """Keys with zeros at both ends, which must not be taken for each other."""
    content = b"".join(bytes([0, number]) + bytes(KEY_BYTES - 2) for number in numbers)
    return np.frombuffer(content, dtype=f"S{KEY_BYTES}")


def wanted(*pairs: tuple[int, int]) -> Wanted:
    """Want the texts of these pairs."""
    flat = keys(*(number for pair in pairs for number in pair))
    return Wanted(flat.view(np.uint8).reshape(-1, 2, KEY_BYTES))


@dataclass
class Given:
    """A source of rows that are filled with numbers, two rows a block."""

    numbers: Sequence[int]
    sign: int = 1
    dimensions: int = DIMENSIONS

    @property
    def keys(self) -> Keys:
        """The keys of the numbers."""
        return keys(*self.numbers)

    def blocks(self) -> Iterator[tuple[int, FloatArray]]:
        """Yield the rows."""
        for start in range(0, len(self.numbers), 2):
            own = np.array(self.numbers[start : start + 2], dtype=np.float32)
            yield start, self.sign * np.tile(own[:, np.newaxis], self.dimensions)


def test_every_place_gets_its_vector() -> None:
    """Whatever the order, the number of times and the source; what nobody wants is left."""
    texts = wanted((1, 2), (3, 1), (2, 2), (9, 3))
    assert len(texts) == 4
    for source in (Given([2, 7, 7, 1, 8]), Given([9, 3, 1])):
        texts.find(source)
    plain, contextual = texts.gather(BigramEncoder())
    assert plain.vectors[:, 0].tolist() == [1, 3, 2, 9]
    assert contextual.vectors[:, -1].tolist() == [2, 1, 2, 3]


def test_the_first_source_that_has_a_text_gives_it() -> None:
    """A later one is asked for the others only."""
    texts = wanted((1, 2))
    texts.find(Given([1]))
    assert texts.missing.tolist() == [1]
    assert not texts.lacks(Given([1, 5], sign=-1))
    assert texts.lacks(Given([2], sign=-1))
    texts.find(Given([2, 1], sign=-1))
    plain, contextual = texts.gather(BigramEncoder())
    assert (plain.vectors[0, 0], contextual.vectors[0, 0]) == (1, -2)


def test_missing_texts_are_named_once_by_their_first_place() -> None:
    """Places are numbered sentence by sentence, alone before in its context."""
    texts = wanted((5, 6), (6, 4), (5, 4))
    assert texts.missing.tolist() == [0, 1, 3]
    assert texts.keys(texts.missing).tolist() == keys(5, 6, 4).tolist()


def test_no_sentence_wants_nothing() -> None:
    """And gives indexes of the encoder's length."""
    texts = wanted()
    texts.find(Given([1]))
    assert (len(texts), texts.missing.tolist()) == (0, [])
    assert [index.vectors.shape for index in wanted().gather(BigramEncoder())] == [
        (0, DIMENSIONS)
    ] * 2


@pytest.mark.parametrize("left", [0, -1], ids=["nothing", "all but a byte"])
def test_what_is_kept_is_found_unless_damaged(tmp_path: Path, left: int) -> None:
    """A part gives the vectors that were kept; a damaged one is passed over."""
    vectors = np.eye(2, DIMENSIONS, dtype=np.float32)
    kept = reuse.keep(tmp_path, "0123", keys(4, 5), vectors)
    ((_, rows),) = kept.blocks()
    assert np.array_equal(rows, vectors)
    (found,) = reuse.from_killed_rebuild(tmp_path, "0123")
    assert found.keys.tolist() == keys(4, 5).tolist()
    (path,) = (tmp_path / "encoded" / "0123").iterdir()
    path.write_bytes(path.read_bytes()[:left])
    assert list(reuse.from_killed_rebuild(tmp_path, "0123")) == []
