"""Fits what the trained reader weighs: `python -m training.fit_reader FOLDER... [--work DIR]`.

Two fits on questions that the reader was not trained on. The ranking is a softmax over the findings
of a question, as `training.fit_fusion` has it for sentences; the confidence is a logistic
regression from the clues of the first finding to whether the citations hold the answer,
unanswerable questions and some of the next folder's counting as wrong. Prints the values for
qa/ranking.py.
"""

import argparse
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from api import calibrating
from qa.calibration import SHIPPED
from qa.evaluation import GoldQuestion, f1
from qa.findings import CLUES, Finding
from qa.outcomes import Outcome, fit
from qa.ranking import Certainty, Ranking
from qa.span_model import SHIPPED_FOLDER, SpanModel
from qa.trained_reader import CITATIONS, CLOSE, TrainedReader
from training.folders import Folder, holds_answer, opened
from training.likelihood import Floats, logistic_weights, sign_bounds, softmax_weights

_RANKING_RIDGE = 0.01
_CERTAINTY_RIDGE = 0.002
_HITS = 10
_STRANGE_SHARE = 8  # every so manieth question of the next folder is asked, too
_GOOD = 0.5  # F1 of a quote that answers


@dataclass(frozen=True, slots=True)
class Trial:
    """One question read: its findings, which of them are right, and what their quotes are worth."""

    question: GoldQuestion
    findings: tuple[Finding, ...]
    right: tuple[bool, ...]
    worth: tuple[float, ...]

    def ranked(self, ranking: Ranking) -> list[int]:
        """The findings' places, best first."""
        return sorted(range(len(self.findings)), key=lambda n: -ranking.of(self.findings[n].clues))


def trial(folder: Folder, reader: TrainedReader, question: GoldQuestion) -> Trial:
    """Return one question, read."""
    asked = folder.standalone(question)
    found = tuple(reader.findings(asked, folder.index.search(asked, _HITS)))
    return Trial(
        question,
        found,
        tuple(_right(question, finding) for finding in found),
        tuple(max((f1(f.quote, gold) for gold in question.answers), default=0.0) for f in found),
    )


def _right(question: GoldQuestion, finding: Finding) -> bool:
    passage, sentences = finding.window.passage, finding.sentences
    said = passage.text[sentences.start : sentences.end]
    return bool(question.answers) and holds_answer(question, said, passage.document.source)


def fit_ranking(trials: Sequence[Trial]) -> Ranking:
    """Return the weights that make the right findings likeliest."""
    data = [(_rows(t), _targets(t)) for t in trials if any(t.right)]
    return Ranking(*_rounded(softmax_weights(data, _RANKING_RIDGE, sign_bounds(CLUES))))


def fit_certainty(trials: Sequence[Trial], ranking: Ranking) -> Certainty:
    """Return the weights that make it likeliest whether the citations hold the answer."""
    read = [t for t in trials if t.findings]
    rows = np.array([(*_first(t, ranking), 1.0) for t in read])
    right = np.array([t.right[t.ranked(ranking)[0]] for t in read], dtype=np.float64)
    bounds = [*sign_bounds((*CLUES, "share")), (None, None)]
    return Certainty(*_rounded(logistic_weights(rows, right, _CERTAINTY_RIDGE, bounds)))


def _rounded(weights: Floats) -> list[float]:
    """As they are written into the code."""
    return [round(float(weight), 2) for weight in weights]


def _rows(t: Trial) -> Floats:
    return np.array([astuple(finding.clues) for finding in t.findings])


def _targets(t: Trial) -> NDArray[np.bool_]:
    """The right findings whose quote is good; all right ones where none is."""
    good = np.array(t.right) & (np.array(t.worth) >= _GOOD)
    return good if good.any() else np.array(t.right)


def _first(t: Trial, ranking: Ranking) -> tuple[float, ...]:
    """The clues of the first finding and its share."""
    share = max(ranking.shares(t.findings))
    return (*astuple(t.findings[t.ranked(ranking)[0]].clues), share)


def outcomes(trials: Sequence[Trial], ranking: Ranking, certainty: Certainty) -> None:
    """Print what each threshold gives when the first finding alone is cited."""
    sure = np.array([_sure(t, ranking, certainty) for t in trials])
    first = [t.ranked(ranking)[0] if t.findings else -1 for t in trials]
    right = np.array([n >= 0 and t.right[n] for t, n in zip(trials, first, strict=True)])
    worth = np.array([t.worth[n] if n >= 0 else 0.0 for t, n in zip(trials, first, strict=True)])
    asked = np.array([bool(t.question.answers) for t in trials])
    anywhere = np.array([any(t.right) for t in trials])
    print(f"right first {right[asked].mean():.3f}, among all {anywhere[asked].mean():.3f}")
    print("threshold  right    f1  refused  false refusal  wrong of answered  score")
    for threshold in np.arange(0.0, 0.85, 0.05):
        found = sure >= threshold
        hit, f1_ = (right & found)[asked].mean(), (worth * found)[asked].mean()
        refused = (~found)[~asked].mean() if (~asked).any() else 0.0
        print(
            f"{threshold:9.2f}  {hit:5.3f} {f1_:5.3f}  {refused:7.3f}"
            f"  {(~found)[asked].mean():13.3f}  {1 - right[found].mean():17.3f}"
            f"  {0.5 * hit + 0.2 * f1_ + 0.3 * refused:5.3f}"
        )


def _sure(t: Trial, ranking: Ranking, certainty: Certainty) -> float:
    if not t.findings:
        return 0.0
    return certainty.of(t.findings[t.ranked(ranking)[0]].clues, max(ranking.shares(t.findings)))


def _outcome(t: Trial, ranking: Ranking, certainty: Certainty) -> Outcome:
    """How sure the answer is, and whether a sentence that it cites holds the answer."""
    shares = ranking.shares(t.findings) if t.findings else []
    cited = [n for n in t.ranked(ranking) if shares[n] >= CLOSE * max(shares)][:CITATIONS]
    return Outcome(_sure(t, ranking, certainty), any(t.right[n] for n in cited))


def main() -> None:
    """Fit on the folders named and print the weights and the thresholds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--reader", type=Path, default=SHIPPED_FOLDER)
    parser.add_argument("--work", type=Path, default=Path("data/fit"))
    parser.add_argument("--calibration", type=Path, default=SHIPPED)
    given = parser.parse_args()
    folders = list(opened(given.folders, given.work))
    index, model = folders[0].index, SpanModel.load(given.reader)
    reader = TrainedReader(model, index.segmenter)
    trials = [trial(f, reader, question) for f in folders for question in f.questions]
    strange = [
        trial(f, reader, replace(question, answers=()))
        for f, other in zip(folders, [*folders[1:], folders[0]], strict=True)
        for question in other.questions[::_STRANGE_SHARE]
    ]
    ranking = fit_ranking(trials)
    certainty = fit_certainty([*trials, *strange], ranking)
    print(f"{len(trials)} questions\n{ranking}\n{certainty}")
    outcomes(trials, ranking, certainty)
    fitted = TrainedReader(model, index.segmenter, ranking, certainty)
    models = calibrating.models_name(index.encoder, fitted)
    judged = [_outcome(t, ranking, certainty) for t in trials]
    replace(fit(judged), models=models).write(given.calibration)


if __name__ == "__main__":
    main()
