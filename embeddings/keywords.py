"""BM25 over tokens: what finds a name or a number that no vector remembers."""

import io
import json
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from embeddings.types import FloatArray, IntArray

SmallIntArray = NDArray[np.int32]  # 5 million postings of each kind for 20,000 passages

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, section
# 3.5: good values are 1.2 < k1 < 2 and 0.5 < b < 0.8.
_K1 = 1.5  # how soon a repeated token stops adding to the score
_B = 0.75  # how much a long row is held back: 0 not at all, 1 in full proportion


@dataclass(frozen=True, slots=True)
class Keywords:
    """Postings by token: the rows that hold it, and how often.

    The postings of the token with number t are `rows[offsets[t] : offsets[t + 1]]`, ascending,
    and the `counts` beside them; `lengths` is the number of tokens of each row. Tokens are numbered
    in the order of their characters, so that the same rows give the same postings however they came
    together.
    """

    vocabulary: dict[str, int]
    offsets: IntArray
    rows: SmallIntArray
    counts: SmallIntArray
    lengths: SmallIntArray

    @classmethod
    def build(cls, token_lists: Iterable[Sequence[str]]) -> Self:
        """Return the postings of one row per list of tokens, in the order given."""
        vocabulary: dict[str, int] = {}
        numbers, rows, counts, lengths = _counted(token_lists, vocabulary)
        return cls._ordered(vocabulary, numbers, rows, counts, lengths)

    def updated(self, origins: IntArray, token_lists: Iterable[Sequence[str]]) -> Self:
        """Return what `build` would for other rows, most of which are here already.

        `origins` has a row of this index for each of them, none twice, or is below 0 where the row
        is new; `token_lists` are the tokens of the new ones, in order.
        """
        vocabulary = dict(self.vocabulary)
        numbers, rows, counts, lengths = _counted(token_lists, vocabulary)
        new, kept = np.flatnonzero(origins < 0), np.flatnonzero(origins >= 0)
        places = np.full(len(self), -1, dtype=np.int32)
        places[origins[kept]] = kept
        stays = places[self.rows] >= 0
        held = np.repeat(np.arange(len(self.vocabulary), dtype=np.int32), np.diff(self.offsets))
        all_lengths = np.empty(len(origins), dtype=np.int32)
        all_lengths[kept], all_lengths[new] = self.lengths[origins[kept]], lengths
        return self._ordered(
            vocabulary,
            np.concatenate((held[stays], numbers)),
            np.concatenate((places[self.rows[stays]], new.astype(np.int32)[rows])),
            np.concatenate((self.counts[stays], counts)),
            all_lengths,
        )

    @classmethod
    def _ordered(
        cls,
        vocabulary: Mapping[str, int],
        numbers: SmallIntArray,
        rows: SmallIntArray,
        counts: SmallIntArray,
        lengths: SmallIntArray,
    ) -> Self:
        """Postings in any order, with the number of each one's token; unused tokens are dropped."""
        held = np.bincount(numbers, minlength=len(vocabulary)).tolist()
        tokens = sorted(token for token, number in vocabulary.items() if held[number])
        renumbered = np.zeros(len(vocabulary), dtype=np.int32)
        renumbered[[vocabulary[token] for token in tokens]] = np.arange(len(tokens))
        numbers = renumbered[numbers]
        order = np.lexsort((rows, numbers))
        sizes = np.bincount(numbers, minlength=len(tokens))
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        ordered = {token: number for number, token in enumerate(tokens)}
        return cls(ordered, offsets, rows[order], counts[order], lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    def idf(self, token: str) -> float:
        """Return how rare a token is, above 0; the rarest is one that no row holds.

        Lucene's form, which is never negative: log(1 + (N - n + 0.5) / (n + 0.5)) for N rows of
        which n hold the token (org.apache.lucene.search.similarities.BM25Similarity.idf).
        """
        held = len(self._postings(token)[0])
        return math.log(1 + (len(self) - held + 0.5) / (held + 0.5))

    def scores(self, tokens: Iterable[str]) -> FloatArray:
        """Return the BM25 score of every row, float32 of shape (rows,), 0 where nothing matches.

        The sum over `tokens` of idf * f * (k1 + 1) / (f + k1 * (1 - b + b * length / mean length))
        for a token that is f times in the row; a repeated token counts each time.
        """
        scores = np.zeros(len(self), dtype=np.float64)
        mean_length = self.lengths.sum() / max(len(self), 1)
        for token in tokens:
            rows, counts = self._postings(token)
            damping = _K1 * (1 - _B + _B * self.lengths[rows] / mean_length)
            scores[rows] += self.idf(token) * counts * (_K1 + 1) / (counts + damping)
        return scores.astype(np.float32)

    def _postings(self, token: str) -> tuple[SmallIntArray, SmallIntArray]:
        """Return the rows that hold a token and its counts there, both empty where it is new."""
        number = self.vocabulary.get(token)
        span = slice(0) if number is None else slice(*self.offsets[number : number + 2])
        return self.rows[span], self.counts[span]

    def to_bytes(self) -> bytes:
        """Return all of it as one .npz of plain integer arrays, the same bytes each time."""
        tokens = json.dumps(list(self.vocabulary), ensure_ascii=False).encode()
        buffer = io.BytesIO()
        np.savez(
            buffer,
            vocabulary=np.frombuffer(tokens, dtype=np.uint8),
            offsets=self.offsets,
            rows=self.rows,
            counts=self.counts,
            lengths=self.lengths,
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return what `to_bytes` gave."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            tokens = json.loads(arrays["vocabulary"].tobytes())
            vocabulary = {token: number for number, token in enumerate(tokens)}
            parts = (arrays[name] for name in ("offsets", "rows", "counts", "lengths"))
            return cls(vocabulary, *parts)


def _counted(
    token_lists: Iterable[Sequence[str]], vocabulary: dict[str, int]
) -> tuple[SmallIntArray, SmallIntArray, SmallIntArray, SmallIntArray]:
    """The number, row and count of each posting, and the length of each row.

    Tokens that `vocabulary` does not know are added to it.
    """
    numbers, rows, counts, lengths = array("i"), array("i"), array("i"), array("i")
    for row, tokens in enumerate(token_lists):
        lengths.append(len(tokens))
        for token, count in Counter(tokens).items():
            numbers.append(vocabulary.setdefault(token, len(vocabulary)))
            rows.append(row)
            counts.append(count)
    return _ints(numbers), _ints(rows), _ints(counts), _ints(lengths)


def _ints(numbers: "array[int]") -> SmallIntArray:
    """An array of C integers as numpy's, without a copy."""
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
