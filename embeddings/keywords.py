"""BM25 over tokens: what finds a name or a number that no vector remembers."""

import json
import math
import zipfile
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Self, cast

import numpy as np
from numpy.typing import NDArray

from embeddings.types import FloatArray, IntArray, Writable

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
        tokens, numbers, rows, counts, lengths = _counted(token_lists, {})
        return cls._ordered(tokens, numbers, rows, counts, lengths)

    def updated(self, origins: IntArray, token_lists: Iterable[Sequence[str]]) -> Self:
        """Return what `build` would for other rows, most of which are here already.

        `origins` has a row of this index for each of them, none twice, or is below 0 where the row
        is new; `token_lists` are the tokens of the new ones, in order.
        """
        tokens, numbers, rows, counts, lengths = _counted(token_lists, self.vocabulary)
        new, kept = np.flatnonzero(origins < 0), np.flatnonzero(origins >= 0)
        places = np.full(len(self), -1, dtype=np.int32)
        places[origins[kept]] = kept
        stays = places[self.rows] >= 0
        held = np.repeat(np.arange(len(self.vocabulary), dtype=np.int32), np.diff(self.offsets))
        all_lengths = np.empty(len(origins), dtype=np.int32)
        all_lengths[kept], all_lengths[new] = self.lengths[origins[kept]], lengths
        return self._ordered(
            [*self.vocabulary, *tokens],
            np.concatenate((held[stays], numbers)),
            np.concatenate((places[self.rows[stays]], new.astype(np.int32)[rows])),
            np.concatenate((self.counts[stays], counts)),
            all_lengths,
        )

    @classmethod
    def _ordered(
        cls,
        tokens: Sequence[str],
        numbers: SmallIntArray,
        rows: SmallIntArray,
        counts: SmallIntArray,
        lengths: SmallIntArray,
    ) -> Self:
        """Postings in any order, with the number of each one's token; unused tokens are dropped."""
        held = np.bincount(numbers, minlength=len(tokens)) > 0
        kept = sorted(np.flatnonzero(held).tolist(), key=tokens.__getitem__)
        renumbered = np.zeros(len(tokens), dtype=np.int32)
        renumbered[kept] = np.arange(len(kept))
        numbers = renumbered[numbers]
        # stable, which is quick where most of them are in order already
        order = np.argsort(numbers.astype(np.int64) * len(lengths) + rows, kind="stable")
        sizes = np.bincount(numbers, minlength=len(kept))
        offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        vocabulary = {tokens[old]: new for new, old in enumerate(kept)}
        return cls(vocabulary, offsets, rows[order], counts[order], lengths)

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

    def write(self, file: Writable) -> None:
        """Write all of it as one .npz of plain integer arrays, the same bytes each time."""
        tokens = json.dumps(list(self.vocabulary), ensure_ascii=False).encode()
        arrays: dict[str, NDArray[Any]] = {
            "vocabulary": np.frombuffer(tokens, dtype=np.uint8),
            "offsets": self.offsets,
            "rows": self.rows,
            "counts": self.counts,
            "lengths": self.lengths,
        }
        with zipfile.ZipFile(cast(BinaryIO, file), "w") as archive:
            for name, values in arrays.items():
                # zipfile alone would put the time of writing in
                with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, values, allow_pickle=False)

    @classmethod
    def read(cls, file: BinaryIO) -> Self:
        """Return what `write` wrote."""
        with np.load(file, allow_pickle=False) as arrays:
            tokens = json.loads(arrays["vocabulary"].tobytes())
            vocabulary = {token: number for number, token in enumerate(tokens)}
            parts = (arrays[name] for name in ("offsets", "rows", "counts", "lengths"))
            return cls(vocabulary, *parts)


def _counted(
    token_lists: Iterable[Sequence[str]], known: Mapping[str, int]
) -> tuple[Sequence[str], SmallIntArray, SmallIntArray, SmallIntArray, SmallIntArray]:
    """Tokens that are not known, the number, row and count of each posting, and rows' lengths.

    The new tokens are numbered on from the known ones.
    """
    new: dict[str, int] = {}
    numbers, rows, counts, lengths = array("i"), array("i"), array("i"), array("i")
    for row, tokens in enumerate(token_lists):
        lengths.append(len(tokens))
        for token, count in Counter(tokens).items():
            number = known.get(token, -1)
            if number < 0:
                number = new.setdefault(token, len(known) + len(new))
            numbers.append(number)
            rows.append(row)
            counts.append(count)
    return list(new), _ints(numbers), _ints(rows), _ints(counts), _ints(lengths)


def _ints(numbers: "array[int]") -> SmallIntArray:
    """An array of C integers as numpy's, without a copy."""
    return np.frombuffer(numbers, dtype=np.int32) if numbers else np.zeros(0, dtype=np.int32)
