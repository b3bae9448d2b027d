"""What questions with known answers show of a reader's confidence; the calibration from them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

import numpy as np
from numpy.typing import NDArray

from qa.calibration import Calibration, RiskPoint, logit

MIN_OUTCOMES = 20  # fewer say next to nothing of two parameters and a bound
_IDENTITY = np.array([1.0, 0.0])  # scale and shift that leave confidence as it is
_RIDGE = np.array([0.1, 0.0])  # holds the scale, which answers in perfect order would leave open
_STEPS = 100  # Newton's method needs about ten
_PRECISION = 1e-10  # of the parameters, where it ends

_Floats = NDArray[np.float64]


class CannotCalibrate(ValueError):
    """Questions that no calibration can be fitted to; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, answered without a threshold.

    `right` says that there is an answer and that the first three citations hold it, so what is
    answered although the reports do not say is wrong.
    """

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a reliability diagram: what was said, what was so, and for how many questions."""

    confidence: float
    right: float
    count: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What a calibration does to questions under a bound on the error.

    `answered` is the share of questions whose probability reaches `threshold`, `error` the share of
    wrong ones among these, `calibration_error` the expected one over all questions.
    """

    threshold: float
    answered: float
    error: float
    calibration_error: float


def require_enough(count: int) -> None:
    """Raise CannotCalibrate where there are fewer than 20 questions."""
    if count < MIN_OUTCOMES:
        raise CannotCalibrate(
            f"只有 {count} 个问题，校准至少需要 {MIN_OUTCOMES} 个，请补充。 / "
            f"Only {count} questions; calibration needs {MIN_OUTCOMES} at least. Add some."
        )


def fit(outcomes: Sequence[Outcome]) -> Calibration:
    """Return the calibration that makes these outcomes likeliest, with their risk-coverage curve.

    Platt's scaling of the logit, with his targets: (n+ + 1) / (n+ + 2) for right ones and
    1 / (n- + 2) for wrong ones. CannotCalibrate where there are fewer than 20, only right or only
    wrong ones, or where the surer answers are not the better ones.
    """
    require_enough(len(outcomes))
    right = sum(outcome.right for outcome in outcomes)
    if right in (0, len(outcomes)):
        raise CannotCalibrate(
            "这些问题全部答对或全部答错，无从校准。请补充更难或更易的问题，包括报告没有回答的。 / "
            "All of these were answered right, or all wrong, which teaches nothing. Add harder or"
            " easier questions, some that the reports do not answer among them."
        )
    scale, shift = _platt(outcomes, (right + 1) / (right + 2), 1 / (len(outcomes) - right + 2))
    if scale <= 0:
        raise CannotCalibrate(
            "在这些问题上，把握大的回答并不更对，无从校准。请检查标准答案，或补充问题。 / "
            "On these questions the surer answers are not the better ones. Check the known answers,"
            " or add questions."
        )
    mapped = Calibration(scale, shift, questions=len(outcomes))
    return replace(mapped, curve=curve(calibrated(outcomes, mapped)))


def calibrated(outcomes: Sequence[Outcome], calibration: Calibration) -> list[Outcome]:
    """Return the outcomes with calibrated confidence."""
    return [replace(o, confidence=calibration.probability(o.confidence)) for o in outcomes]


def curve(outcomes: Sequence[Outcome]) -> tuple[RiskPoint, ...]:
    """Return the risk-coverage curve, surest first; equal confidence is one point."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    groups = [(c, list(g)) for c, g in groupby(ordered, key=lambda outcome: outcome.confidence)]
    answered = accumulate(len(group) for _, group in groups)
    wrong = accumulate(sum(not outcome.right for outcome in group) for _, group in groups)
    return tuple(
        RiskPoint(confidence, n / len(outcomes), bad / n)
        for (confidence, _), n, bad in zip(groups, answered, wrong, strict=True)
    )


def effect(outcomes: Sequence[Outcome], calibration: Calibration, max_error: float) -> Effect:
    """Return what a calibration, and its threshold for `max_error`, do to uncalibrated outcomes."""
    known = calibrated(outcomes, calibration)
    threshold = calibration.threshold(max_error)
    answered = [outcome for outcome in known if outcome.confidence >= threshold]
    wrong = sum(not outcome.right for outcome in answered)
    return Effect(
        threshold=threshold,
        answered=len(answered) / (len(known) or 1),
        error=wrong / (len(answered) or 1),
        calibration_error=expected_calibration_error(known),
    )


def reliability(outcomes: Sequence[Outcome], bins: int = 10) -> list[Bin]:
    """Return mean confidence and share of right ones in equal ranges of confidence, lowest first.

    Ranges that no outcome falls into are left out.
    """
    held: list[list[Outcome]] = [[] for _ in range(bins)]
    for outcome in outcomes:
        held[min(int(outcome.confidence * bins), bins - 1)].append(outcome)
    return [
        Bin(
            math.fsum(outcome.confidence for outcome in group) / len(group),
            sum(outcome.right for outcome in group) / len(group),
            len(group),
        )
        for group in held
        if group
    ]


def expected_calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    """Return by how much confidence and share of right ones differ, 0..1; 0 for no outcomes.

    The mean over the bins of a reliability diagram, weighed by their counts: Guo et al., "On
    Calibration of Modern Neural Networks", ICML 2017, equation 5.
    """
    apart = (row.count * abs(row.confidence - row.right) for row in reliability(outcomes, bins))
    return math.fsum(apart) / (len(outcomes) or 1)


def _platt(outcomes: Sequence[Outcome], yes: float, no: float) -> tuple[float, float]:
    """Scale and shift by Newton's method, each step halved until it improves (Lin et al. 2007)."""
    rows = np.array([(logit(outcome.confidence), 1.0) for outcome in outcomes])
    targets = np.where([outcome.right for outcome in outcomes], yes, no)
    weights = _IDENTITY
    for _ in range(_STEPS):
        step = _newton_step(rows, targets, weights)
        before = _loss(rows, targets, weights)
        while _loss(rows, targets, weights - step) > before:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < _PRECISION:
            break
    return float(weights[0]), float(weights[1])


def _newton_step(rows: _Floats, targets: _Floats, weights: _Floats) -> _Floats:
    """Gradient over curvature of the loss."""
    odds = (1 + np.tanh(rows @ weights / 2)) / 2
    gradient = rows.T @ (odds - targets) + _RIDGE * (weights - _IDENTITY)
    curvature = (rows * (odds * (1 - odds))[:, None]).T @ rows + np.diag(_RIDGE)
    return np.asarray(np.linalg.solve(curvature, gradient), dtype=np.float64)


def _loss(rows: _Floats, targets: _Floats, weights: _Floats) -> float:
    """The negative log-likelihood, and the ridge."""
    logits = rows @ weights
    ridge = _RIDGE @ (weights - _IDENTITY) ** 2 / 2
    return float((np.logaddexp(0, logits) - targets * logits).sum() + ridge)
