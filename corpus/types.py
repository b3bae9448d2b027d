"""The core types of the corpus: what a report is made of."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of Unicode code points: `text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One report. `text` is the decoded file, unchanged, so offsets hold for the file itself."""

    id: str
    title: str
    source: str
    text: str = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a document's outline and the range it governs; level 1 is the outermost."""

    level: int
    heading: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a document, or a slice of an over-long one, with the headings above it."""

    id: str
    document: Document = field(repr=False, compare=False)
    start: int
    end: int
    headings: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.document.text):
            raise ValueError(f"passage {self.id}: {self.start}..{self.end} is outside its document")

    @property
    def text(self) -> str:
        """The passage exactly as it stands in its document."""
        return self.document.text[self.start : self.end]

    @property
    def context(self) -> tuple[str, ...]:
        """Title and headings, outermost first: what a reader knows before reading the passage."""
        return (self.document.title, *self.headings)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that gave no document, and why."""

    source: str
    reason: str
