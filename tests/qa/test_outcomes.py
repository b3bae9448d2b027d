"""Calibrations fitted to made-up outcomes, and the figures against direct counts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.calibration import Calibration, logit
from qa.outcomes import (
    MIN_OUTCOMES,
    CannotCalibrate,
    Outcome,
    calibrated,
    curve,
    effect,
    expected_calibration_error,
    fit,
    reliability,
)

shares = st.floats(0, 1)
many = st.lists(st.builds(Outcome, shares, st.booleans()), max_size=80)
few_values = st.builds(Outcome, st.sampled_from([0.2, 0.5, 0.5000001, 0.9]), st.booleans())


def drawn(scale: float, shift: float, count: int) -> list[Outcome]:
    """Outcomes that are right as often as a calibration says."""
    truth, random = Calibration(scale, shift), np.random.default_rng(7)
    said = random.uniform(0.02, 0.98, count)
    return [Outcome(float(c), bool(random.random() < truth.probability(c))) for c in said]


@pytest.mark.parametrize(
    ("scale", "shift"), [(1.0, 0.0), (0.5, -1.0), (2.0, 0.7)], ids=["as said", "too sure", "unsure"]
)
def test_fit_finds_what_outcomes_were_drawn_from(scale: float, shift: float) -> None:
    """Within what chance leaves of 4,000 of them."""
    fitted = fit(drawn(scale, shift, 4000))
    assert fitted.scale == pytest.approx(scale, abs=0.1)
    assert fitted.shift == pytest.approx(shift, abs=0.15)
    assert fitted.questions == 4000


def test_fit_makes_outcomes_likeliest() -> None:
    """The penalised likelihood of Platt's targets falls in every direction."""
    outcomes = drawn(0.6, -0.4, 60)
    fitted, right = fit(outcomes), sum(o.right for o in outcomes)
    yes, no = (right + 1) / (right + 2), 1 / (len(outcomes) - right + 2)

    def loss(scale: float, shift: float) -> float:
        total = 0.05 * (scale - 1) ** 2
        for o in outcomes:
            p, target = Calibration(scale, shift).probability(o.confidence), yes if o.right else no
            total -= target * math.log(p) + (1 - target) * math.log(1 - p)
        return total

    best = loss(fitted.scale, fitted.shift)
    for moved in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)):
        assert loss(fitted.scale + moved[0], fitted.shift + moved[1]) > best


def test_calibration_lowers_its_error() -> None:
    """Where confidence was far off."""
    outcomes = drawn(0.4, -1.5, 1000)
    after = expected_calibration_error(calibrated(outcomes, fit(outcomes)))
    assert after < 0.05 < expected_calibration_error(outcomes)


@pytest.mark.parametrize("cut", [1e-9, 0.3, 0.999999], ids=["at 0", "inside", "at 1"])
def test_answers_that_one_confidence_divides_are_fitted_all_the_same(cut: float) -> None:
    """The likelihood alone has no end there."""
    outcomes = [Outcome(cut * n / 30, False) for n in range(30)]
    outcomes += [Outcome(cut + (1 - cut) * n / 30, True) for n in range(1, 31)]
    fitted = fit(outcomes)
    assert math.isfinite(fitted.scale)
    assert fitted.threshold(0.0) == fitted.probability(cut + (1 - cut) / 30)


def test_one_confidence_for_all_is_fitted_by_the_shift() -> None:
    """A quarter of them right: that is the probability, but for Platt's smoothing."""
    fitted = fit([Outcome(0.9, n % 4 == 0) for n in range(200)])
    assert fitted.probability(0.9) == pytest.approx(0.25, abs=0.02)
    assert len(fitted.curve) == 1


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ([], "0"),
        ([Outcome(0.1 + 0.04 * n, n > 9) for n in range(MIN_OUTCOMES - 1)], "19"),
        ([Outcome(0.04 * n, True) for n in range(MIN_OUTCOMES)], "全部答对"),
        ([Outcome(0.04 * n, False) for n in range(MIN_OUTCOMES)], "all wrong"),
        ([Outcome(0.01 + n / 50, n < 25) for n in range(49)], "surer"),
    ],
    ids=["none", "too few", "all right", "all wrong", "the surer the worse"],
)
def test_outcomes_that_teach_nothing_are_refused(outcomes: list[Outcome], told: str) -> None:
    """The text says which questions to add."""
    with pytest.raises(CannotCalibrate, match=told):
        fit(outcomes)


@given(st.lists(st.builds(Outcome, shares, st.booleans()), min_size=20, max_size=60))
def test_fit_of_anything_is_a_calibration_or_a_refusal(outcomes: list[Outcome]) -> None:
    """Never a crash, a warning or a number that is none."""
    try:
        fitted = fit(outcomes)
    except CannotCalibrate:
        return
    assert fitted.scale > 0
    assert fitted.curve[-1].coverage == 1


@given(st.lists(few_values, min_size=1, max_size=40))
def test_risk_on_the_curve_is_that_of_a_direct_count(outcomes: list[Outcome]) -> None:
    """Of all outcomes at or above each point, and there is a point for each confidence."""
    points = curve(outcomes)
    assert [p.confidence for p in points] == sorted({o.confidence for o in outcomes}, reverse=True)
    for point in points:
        answered = [o for o in outcomes if o.confidence >= point.confidence]
        assert point.coverage == pytest.approx(len(answered) / len(outcomes))
        wrong = sum(not o.right for o in answered)
        assert point.risk == pytest.approx(wrong / len(answered))


def test_no_outcomes_have_no_curve() -> None:
    """Nor an error."""
    assert curve([]) == ()
    assert expected_calibration_error([]) == 0


def test_reliability_by_hand() -> None:
    """Three ranges of a third; nothing fell into the middle one, and 1.0 is in the last."""
    outcomes = [Outcome(0.1, False), Outcome(0.3, True), Outcome(0.9, True), Outcome(1.0, True)]
    low, high = reliability(outcomes, bins=3)
    assert [low.confidence, low.right, low.count] == pytest.approx([0.2, 0.5, 2])
    assert [high.confidence, high.right, high.count] == pytest.approx([0.95, 1.0, 2])
    assert expected_calibration_error(outcomes, bins=3) == pytest.approx((2 * 0.3 + 2 * 0.05) / 4)


@given(many, st.integers(1, 20))
def test_every_outcome_is_in_one_bin(outcomes: list[Outcome], bins: int) -> None:
    """The counts add up, and the error is a share."""
    rows = reliability(outcomes, bins)
    assert sum(row.count for row in rows) == len(outcomes)
    assert len(rows) <= bins
    assert 0 <= expected_calibration_error(outcomes, bins) <= 1 + 1e-9


@given(many, shares)
def test_effect_is_that_of_a_direct_count(outcomes: list[Outcome], max_error: float) -> None:
    """Under the threshold of a calibration that was fitted to others."""
    calibration = fit(drawn(0.8, 0.2, 50))
    held = effect(outcomes, calibration, max_error)
    answered = [o for o in outcomes if calibration.probability(o.confidence) >= held.threshold]
    assert held.threshold == calibration.threshold(max_error)
    assert held.answered == pytest.approx(len(answered) / max(len(outcomes), 1))
    wrong = sum(not o.right for o in answered)
    assert held.error == pytest.approx(wrong / max(len(answered), 1))


def test_the_threshold_keeps_the_error_on_the_questions_it_was_fitted_to() -> None:
    """And answers some of them."""
    outcomes = drawn(1.0, 0.5, 500)
    held = effect(outcomes, fit(outcomes), 0.15)
    assert held.error <= 0.15
    assert held.answered > 0.2
    assert logit(held.threshold) > 0
