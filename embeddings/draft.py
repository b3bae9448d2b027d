"""What an index will hold before anything is encoded; what has not changed is not cut again."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.splitter import split
from corpus.text import sentences, trimmed
from corpus.types import Document, Passage, Span
from embeddings.texts import KEY_BYTES, key, sentence_texts
from embeddings.types import IntArray

NEW = -1
"""The origin of a passage that the previous version does not hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """Documents cut into passages, and these into sentences, as `Contents` holds them.

    `origins` has a row of the previous version for each passage, with the same text in the same
    context, and NEW where there is none; no row comes twice.
    """

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: IntArray
    keys: NDArray[np.uint8]
    origins: IntArray

    def text(self, place: int) -> str:
        """Return the text of a place: two for each sentence, alone and then in its context."""
        row, kind = divmod(place, 2)
        passage, start, end = self.sentences[row].tolist()
        return sentence_texts(self.passages[passage], Span(start, end))[kind]

    def lengths(self) -> IntArray:
        """Return the number of characters of the text of each place; normalising keeps it."""
        above = [sum(len(name) + 1 for name in passage.context) for passage in self.passages]
        alone = self.sentences[:, 2] - self.sentences[:, 1]
        in_context = alone + np.array(above, dtype=np.int64)[self.sentences[:, 0]]
        return np.column_stack((alone, in_context)).ravel()


class Cut(NamedTuple):
    """What a version holds of texts, without vectors and postings; see `Contents`."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: IntArray
    keys: NDArray[np.uint8]


NOTHING = Cut((), (), np.zeros((0, 3), np.int64), np.zeros((0, 2, KEY_BYTES), np.uint8))


def make_draft(
    documents: Sequence[Document], previous: Cut, on_document: Callable[[int], None]
) -> Draft:
    """Return the draft of an index over `documents`, with what `previous` holds of it taken over.

    `previous` must have been cut by the same rules; NOTHING has been cut by any. `on_document` is
    called after each document with the number of those that are done.
    """
    kept = _Kept(previous)
    cut: list[_Origin] = []
    for done, document in enumerate(documents, start=1):
        cut += kept.passages_of(document)
        on_document(done)
    cut.sort(key=lambda one: one.passage.id)
    blocks = [kept.sentences_of(one) for one in cut]
    rows = np.repeat(np.arange(len(cut)), [len(spans) for spans, _ in blocks])
    spans = np.concatenate([NOTHING.sentences[:, 1:], *(spans for spans, _ in blocks)])
    return Draft(
        documents=tuple(documents),
        passages=tuple(one.passage for one in cut),
        sentences=np.column_stack((rows, spans)),
        keys=np.concatenate([NOTHING.keys, *(keys for _, keys in blocks)]),
        origins=np.array([one.row for one in cut], dtype=np.int64),
    )


class _Origin(NamedTuple):
    """A passage, and its row in the previous version or NEW."""

    passage: Passage
    row: int


class _Kept:
    """The previous version, looked up by document."""

    def __init__(self, cut: Cut) -> None:
        self._cut = cut
        self._documents = {document.id: document for document in cut.documents}
        self._bounds = np.searchsorted(cut.sentences[:, 0], np.arange(len(cut.passages) + 1))
        self._rows: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(cut.passages):
            self._rows[passage.document.id].append(row)

    def passages_of(self, document: Document) -> list[_Origin]:
        """The passages of a document; one that has not changed at all is not even cut."""
        held = [_Origin(self._cut.passages[row], row) for row in self._rows[document.id]]
        if self._documents.get(document.id) == document:
            return held
        rows = {(passage.context, passage.text): row for passage, row in held}
        return [
            _Origin(passage, rows.pop((passage.context, passage.text), NEW))
            for passage in split(document)
        ]

    def sentences_of(self, one: _Origin) -> tuple[IntArray, NDArray[np.uint8]]:
        """The spans of a passage's sentences, shape (sentences, 2), and the keys of their texts."""
        if one.row != NEW:
            own = slice(*self._bounds[one.row : one.row + 2])
            return self._cut.sentences[own, 1:], self._cut.keys[own]
        text = one.passage.text
        spans = [trimmed(text, span) for span in sentences(text)]
        keys = [key(each) for span in spans for each in sentence_texts(one.passage, span)]
        rows = np.frombuffer(b"".join(keys), np.uint8).reshape(len(spans), 2, KEY_BYTES)
        return np.array(spans, dtype=np.int64).reshape(-1, 2), rows
