"""The wire of operators: health, versions, rebuilds, uploads."""

from dataclasses import asdict
from datetime import datetime
from typing import Self

from api.rebuilding import RebuildStatus, State
from api.schemas import Out
from embeddings.types import BuildReport, Stage
from embeddings.versions import VersionSummary


class EncoderOut(Out):
    """The model behind the vectors."""

    name: str
    fingerprint: str


class HealthOut(Out):
    """Whether questions are answered, and from what.

    `notice` tells of a version, or of a watched corpus folder, that cannot be used, and what to do.
    """

    ready: bool
    index_version: str
    documents: int
    passages: int
    sentences: int
    encoder: EncoderOut
    notice: str = ""


class VersionOut(Out):
    """A version of the index on disk; `current` is the one that serves."""

    version: str
    current: bool
    created: datetime
    encoder: str
    documents: int
    passages: int
    sentences: int

    @classmethod
    def of(cls, version: VersionSummary) -> Self:
        """Return a version as it goes out."""
        return cls(**asdict(version))


class VersionsOut(Out):
    """The versions on disk, newest first."""

    versions: list[VersionOut]


class SkippedOut(Out):
    """A file that gave no document, and why."""

    source: str
    reason: str


class GateReportOut(Out):
    """What the questions of the quality gate said of the new version, or why none was asked.

    `old` and `new` are scores, 0 to 1; a fall by more than `margin` is refused. `left_out` counts
    questions about reports that are not in both versions.
    """

    old: float
    new: float
    margin: float
    questions: int
    left_out: int
    wins: list[str]
    losses: list[str]
    skipped: str


class BuildReportOut(Out):
    """What a rebuild did; no `gate` where the version stayed."""

    version: str
    documents: int
    passages: int
    sentences: int
    encoded: int
    reused: int
    skipped: list[SkippedOut]
    seconds: float
    gate: GateReportOut | None = None

    @classmethod
    def of(cls, report: BuildReport) -> Self:
        """Return a report as it goes out."""
        return cls.model_validate(asdict(report))


class RebuildOut(Out):
    """The rebuild job: what it is doing, or how it last ended."""

    state: State
    stage: Stage | None = None
    done: int = 0
    total: int = 0
    per_second: float | None = None
    eta_seconds: float | None = None
    report: BuildReportOut | None = None
    error: str = ""

    @classmethod
    def of(cls, status: RebuildStatus) -> Self:
        """Return a moment of the job as it goes out."""
        progress = status.progress
        return cls(
            state=status.state,
            stage=progress.stage if progress else None,
            done=progress.done if progress else 0,
            total=progress.total if progress else 0,
            per_second=status.rate,
            eta_seconds=status.eta_seconds,
            report=BuildReportOut.of(status.report) if status.report else None,
            error=status.error,
        )


class UploadOut(Out):
    """The files that were kept, and the rebuild that takes them in."""

    sources: list[str]
    rebuild: RebuildOut


class RemovalOut(Out):
    """The file that was removed, and the rebuild that forgets it."""

    source: str
    rebuild: RebuildOut
