"""What can be told of a version of the index, and what can be wrong with one."""

from dataclasses import dataclass
from datetime import datetime


class IndexUnusable(Exception):
    """No index can be opened: `problem` says why, `remedy` is the command that helps."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} → {remedy}")
        self.problem = problem
        self.remedy = remedy


class IndexMissing(IndexUnusable):
    """There is no index yet, or no version of that name."""


class IndexMismatch(IndexUnusable):
    """The index was built with another encoder, or in another format."""


class IndexDamaged(IndexUnusable):
    """A file of the index is missing, truncated or changed."""


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """One version as the operator sees it."""

    version: str
    current: bool
    created: datetime
    encoder: str
    documents: int
    passages: int
    sentences: int


@dataclass(frozen=True, slots=True)
class BuiltWith:
    """The encoder that built a version: what it was loaded by, and its fingerprint."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in the data folder, and the command that puts it right."""

    problem: str
    remedy: str
