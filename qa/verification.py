"""Whether a citation given earlier still holds, and where its quote stands now."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from corpus.types import Passage
from embeddings.index import Index

MAX_PLACES = 10  # a figure of two digits may stand in every report


class State(StrEnum):
    """What became of a citation."""

    VALID = "valid"
    MOVED = "moved"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class GivenCitation:
    """A citation as it was given: the hash of its document's file, and its place in a passage."""

    document_sha256: str
    passage_id: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: a span of a passage, in code points."""

    passage: Passage
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The characters that stand there."""
        return self.passage.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a citation, and the places of its quote, the likeliest first."""

    state: State
    places: tuple[Place, ...]


def verify(index: Index, given: GivenCitation) -> Verification:
    """Return what became of a citation in this index.

    VALID: the file is the same, byte for byte, and its passage has the quote there; that is the one
    place. MOVED: the same characters stand in some passage; at most MAX_PLACES places. Those of the
    same file come first (it may have another name now), then those of the document that has its id
    now, then others; among them the nearest to the old place. GONE: no passage has them.
    """
    places = [place for passage in index.passages for place in _places(passage, given.quote)]
    for place in places:
        if _is_given(place, given):
            return Verification(State.VALID, (place,))
    likeliest = heapq.nsmallest(MAX_PLACES, places, key=lambda place: _unlikeliness(place, given))
    return Verification(State.MOVED if places else State.GONE, tuple(likeliest))


def _places(passage: Passage, quote: str) -> Iterator[Place]:
    """Wherever a passage has the quote; places may overlap."""
    text = passage.text
    start = text.find(quote)
    while start >= 0:
        yield Place(passage, start, start + len(quote))
        start = text.find(quote, start + 1)


def _is_given(place: Place, given: GivenCitation) -> bool:
    """Whether a place is the very one that was cited, in the same file."""
    return (
        place.passage.document.sha256 == given.document_sha256
        and place.passage.id == given.passage_id
        and place.start == given.start
    )


def _unlikeliness(place: Place, given: GivenCitation) -> tuple[bool, bool, int, int, str]:
    """Small where the quote of the citation is likely to have gone."""
    document = place.passage.document
    document_id, number = _numbered(given.passage_id)
    return (
        document.sha256 != given.document_sha256,
        document.id != document_id,
        abs(_numbered(place.passage.id)[1] - number),
        abs(place.start - given.start),
        place.passage.id,
    )


def _numbered(passage_id: str) -> tuple[str, int]:
    """The document's id and the number that make up a passage's id; 0 where it is none of ours."""
    document_id, _, number = passage_id.rpartition(":")
    return document_id, int(number) if number.isdecimal() else 0
