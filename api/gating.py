"""Which questions a new version is asked before it serves, and of whom else."""

from collections.abc import Callable

from api import answers
from api.settings import GOLDEN, SAMPLES, Settings
from embeddings.build import Check, OnProgress
from embeddings.index import Contents
from embeddings.types import BuildReport, GateReport, ModelUnreadable, Progress
from embeddings.versions import IndexMissing, IndexUnusable
from qa.answerer import Answerer
from qa.evaluation import GoldQuestion, read_questions
from qa.gate import Gate

Answerers = Callable[[Contents], tuple[Answerer, Answerer]]
"""The version that serves and a new one, ready to answer.

IndexUnusable or ModelUnreadable where the former cannot be opened.
"""

_FIRST = "没有可比的旧索引 / there is no version to compare with"
_FORCED = "按要求跳过（force） / left out on demand (force)"
_NO_QUESTIONS = (
    "没有问题文件，可用 WENJU_GATE 指定 / there is no question file; WENJU_GATE names one"
)


class Gating:
    """The quality gate as the settings want it; one for all rebuilds of a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gate = Gate(settings.gate_margin, answers.judgement)

    def check(self, answerers: Answerers, *, force: bool) -> Check:
        """Return the check of one rebuild; UnreadableQuestions before anything is encoded."""
        if force:
            return _skipping(_FORCED)
        questions = self._questions()
        if not questions:
            return _skipping(_NO_QUESTIONS)

        def compared(new: Contents, on_progress: OnProgress) -> GateReport:
            try:
                old, other = answerers(new)
            except IndexMissing:
                return GateReport(skipped=_FIRST)
            except (IndexUnusable, ModelUnreadable) as error:
                return GateReport(skipped=str(error))
            return self._gate.compare(
                questions,
                old,
                other,
                lambda done, total: on_progress(Progress("check", done, total)),
            )

        return compared

    def adopt(self, report: BuildReport) -> None:
        """Remember what the version that serves now has answered."""
        self._gate.adopt(report)

    def _questions(self) -> list[GoldQuestion]:
        """The operator's own, or those that come with the sample reports."""
        if self._settings.gate is not None:
            return read_questions(self._settings.gate)
        if self._settings.corpus.resolve() == SAMPLES.resolve():
            return read_questions(GOLDEN)
        return []


def _skipping(reason: str) -> Check:
    """A check that asks nothing."""
    return lambda new, on_progress: GateReport(skipped=reason)
