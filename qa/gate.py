"""The quality gate: a new version must answer known questions about as well as the one before."""

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from embeddings.index import Index
from embeddings.types import BuildReport, GateReport
from qa.answerer import Answerer
from qa.calibration import Decision
from qa.evaluation import GoldQuestion, Judgement, summary

Judge = Callable[[Answerer, GoldQuestion], Judgement]
OnAsked = Callable[[int, int], None]
_Known = dict[GoldQuestion, Judgement]


class Gate:
    """Compares the answers of two versions, and remembers those of the version that serves.

    The score is that of `wenju eval`: right answers, their wording, and honest refusals. The rate
    of right answers alone would let a model through that finds an answer to everything.
    """

    def __init__(self, margin: float, judge: Judge) -> None:
        self._margin = margin
        self._judge = judge
        self._serving: tuple[tuple[str, Decision], _Known] | None = None
        self._checked: tuple[Decision, _Known] | None = None

    def compare(
        self, questions: Sequence[GoldQuestion], old: Answerer, new: Answerer, on_asked: OnAsked
    ) -> GateReport:
        """Return how well both answer those questions whose report is in both of them.

        `on_asked` is called after each question with how many are done, and of how many.
        """
        asked = [question for question in questions if _in_both(question, old.index, new.index)]
        if not asked:
            return GateReport(
                left_out=len(questions),
                skipped="问题所问的报告不在新旧两个索引里"
                " / no question is about a report that is in both versions",
            )
        known = self._known(old)
        checked: _Known = {}
        for done, question in enumerate(asked, 1):
            if question not in known:
                known[question] = self._judge(old, question)
            checked[question] = self._judge(new, question)
            on_asked(done, len(asked))
        self._checked = new.decision, checked
        return _report(
            [known[question] for question in asked],
            [checked[question] for question in asked],
            self._margin,
            len(questions) - len(asked),
        )

    def adopt(self, report: BuildReport) -> None:
        """Remember what was compared last as the answers of the version that serves since then."""
        if self._checked is not None and report.gate is not None and report.gate.questions:
            decision, known = self._checked
            self._serving = (report.version, decision), known
        self._checked = None

    def _known(self, answerer: Answerer) -> _Known:
        """What is remembered of a version's answers, to be added to."""
        key = answerer.index.version, answerer.decision
        if self._serving is None or self._serving[0] != key:
            self._serving = key, {}
        return self._serving[1]


def _report(
    old: Sequence[Judgement], new: Sequence[Judgement], margin: float, left_out: int
) -> GateReport:
    """The comparison of two versions' answers to the same questions."""
    gains = [(_worth(b) - _worth(a), b.question.question) for a, b in zip(old, new, strict=True)]
    gains.sort(key=lambda pair: -abs(pair[0]))  # stable: equals stay in the order of the file
    return GateReport(
        old=summary(old)["score"],
        new=summary(new)["score"],
        margin=margin,
        questions=len(gains),
        left_out=left_out,
        wins=tuple(question for gain, question in gains if gain > 0),
        losses=tuple(question for gain, question in gains if gain < 0),
    )


def _worth(judgement: Judgement) -> float:
    """What one answer is worth, as if it were the whole question file."""
    return summary([judgement])["score"]


def _in_both(question: GoldQuestion, *indexes: Index) -> bool:
    """Whether the report that a question is about is in each index; any will do without one."""
    stem = PurePosixPath(question.doc).stem
    return all(
        any(stem in name for d in index.documents for name in (d.id, d.source, d.title))
        for index in indexes
    )
