"""Fits the confidence of answers: `python -m training.fit_confidence FOLDER... [--work DIR]`.

Logistic regression from the clues of the best sentence to whether the citations hold the answer,
with a small ridge; unanswerable questions count as wrong, and so do questions on quite another
subject: some of the next folder's. Prints the values for qa/confidence.py, and what every threshold
gives in the figures of `wenju eval`, without the other folders' questions and for them alone.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from qa.confidence import Clues
from qa.evaluation import GoldQuestion, f1
from qa.kinds import kind_of
from qa.reader import RuleReader, clues
from training.folders import Folder, holds_answer, named_folders
from training.likelihood import logistic_weights, sign_bounds

_RIDGE = 0.002
_HITS = 10
_STRANGE_SHARE = 8  # every so manieth question of the next folder is asked, too
_THRESHOLDS = np.arange(0.0, 0.81, 0.05)


@dataclass(frozen=True, slots=True)
class Trial:
    """One question read without a threshold: its clues, and what the answer is worth."""

    clues: Clues
    answerable: bool
    right: bool
    f1: float


def trials(folder: Folder, questions: Sequence[GoldQuestion]) -> list[Trial]:
    """Return one trial per question asked of a folder."""
    reader = RuleReader(folder.index.segmenter)
    return [_trial(folder, reader, question) for question in questions]


def _trial(folder: Folder, reader: RuleReader, question: GoldQuestion) -> Trial:
    """One question, read."""
    asked = folder.standalone(question)
    hits = folder.index.search(asked, _HITS)
    citations = reader.read(asked, hits).citations
    answer = "；".join(citation.quote for citation in citations)
    right = any(
        holds_answer(
            question,
            citation.passage.text[slice(*citation.sentence)],
            citation.passage.document.source,
        )
        for citation in citations
    )
    return Trial(
        clues=clues(asked, reader.candidates(asked, kind_of(asked), hits)),
        answerable=bool(question.answers),
        right=right,
        f1=max((f1(answer, gold) for gold in question.answers), default=0.0),
    )


def fit(data: list[Trial]) -> NDArray[np.float64]:
    """Return one weight per clue and the bias, the likeliest under the sign each clue must have."""
    rows = np.array([(*astuple(trial.clues), 1.0) for trial in data])
    right = np.array([trial.right for trial in data], dtype=np.float64)

    bounds = [*sign_bounds(clue.name for clue in fields(Clues)), (None, None)]
    return logistic_weights(rows, right, _RIDGE, bounds)


def sure(data: Sequence[Trial], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the confidence in each trial, 0..1."""
    rows = np.array([(*astuple(trial.clues), 1.0) for trial in data])
    return np.asarray(1 / (1 + np.exp(-rows @ weights)), dtype=np.float64)


def outcomes(data: list[Trial], weights: NDArray[np.float64]) -> None:
    """Print what each threshold gives."""
    confidence = sure(data, weights)
    answerable = np.array([trial.answerable for trial in data])
    right = np.array([trial.right for trial in data])
    worth = np.array([trial.f1 for trial in data])
    print("threshold  right    f1  refused  false refusal  score")
    for threshold in _THRESHOLDS:
        found = confidence >= threshold
        hit = (right & found)[answerable].mean()
        f1_ = (worth * found)[answerable].mean()
        refused = (~found)[~answerable].mean() if (~answerable).any() else 0.0
        false_refusal = (~found)[answerable].mean()
        score = 0.5 * hit + 0.2 * f1_ + 0.3 * refused
        print(
            f"{threshold:9.2f}  {hit:5.3f} {f1_:5.3f}  {refused:7.3f}  {false_refusal:13.3f}"
            f"  {score:5.3f}"
        )


def main() -> None:
    """Fit on the folders named and print the weights and the thresholds."""
    folders = named_folders(__doc__ or "")
    data = [trial for folder in folders for trial in trials(folder, folder.questions)]
    strange = [
        trial
        for folder, other in zip(folders, [*folders[1:], folders[0]], strict=True)
        for trial in trials(
            folder, [replace(q, answers=()) for q in other.questions[::_STRANGE_SHARE]]
        )
    ]
    weights = fit([*data, *strange])
    print(f"{len(data)} questions")
    names = [*(clue.name for clue in fields(Clues)), "bias"]
    print(*(f"{name}: {weight:.2f}" for name, weight in zip(names, weights, strict=True)), sep="\n")
    outcomes(data, weights)
    print(f"refused of {len(strange)} questions on other subjects")
    confidence = sure(strange, weights)
    for threshold in _THRESHOLDS:
        print(f"{threshold:9.2f}  {(confidence < threshold).mean():5.3f}")


if __name__ == "__main__":
    main()
