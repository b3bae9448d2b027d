"""What a confidence stands for, where answering begins, and the file that both are kept in."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.calibration import (
    SHIPPED,
    Calibration,
    CalibrationUnreadable,
    Decision,
    RiskPoint,
    logit,
)
from qa.outcomes import Outcome, curve
from qa.types import Citation, Reading
from tests.fakes import make_hit, make_passage

POINTS = tuple(
    RiskPoint(confidence, coverage, risk)
    for confidence, coverage, risk in (
        (0.9, 0.05, 0.0),
        (0.7, 0.2, 0.1),
        (0.5, 0.6, 0.2),
        (0.4, 0.8, 0.15),
        (0.2, 1.0, 0.4),
    )
)
KNOWN = Calibration(1.5, -0.25, POINTS, questions=100, models="abc rules-1")

shares = st.floats(0, 1)
outcomes = st.lists(st.builds(Outcome, shares, st.booleans()), min_size=1, max_size=60)
scales = st.floats(0.01, 20)
shifts = st.floats(-20, 20)


@st.composite
def calibrations(draw: st.DrawFn) -> Calibration:
    """A calibration with the curve of some questions."""
    asked = draw(outcomes)
    return Calibration(draw(scales), draw(shifts), curve(asked), len(asked), draw(st.text()))


@given(shares)
def test_without_anything_known_confidence_stays(confidence: float) -> None:
    """But for the last digits, and for the clipping at the ends."""
    assert Calibration().probability(confidence) == pytest.approx(confidence, abs=2e-6)


@given(scales, shifts, shares, shares)
def test_probability_is_monotone(scale: float, shift: float, one: float, other: float) -> None:
    """A surer answer is never less probable, and probabilities stay between 0 and 1."""
    calibration = Calibration(scale, shift)
    low, high = sorted((one, other))
    assert 0 <= calibration.probability(low) <= calibration.probability(high) <= 1


def test_probability_is_the_logistic_of_the_moved_logit() -> None:
    """By hand: odds of 3 to 1 squared, then halved."""
    assert logit(0.75) == pytest.approx(1.0986123)
    calibration = Calibration(scale=2.0, shift=-0.6931472)
    assert calibration.probability(0.75) == pytest.approx(4.5 / 5.5)


@pytest.mark.parametrize(
    ("max_error", "threshold"),
    [(0.05, 0.9), (0.1, 0.7), (0.15, 0.4), (0.3, 0.4), (0.5, 0.2)],
    ids=["few answers only", "exactly", "past a worse point", "between", "everything"],
)
def test_the_threshold_answers_the_most_that_keeps_the_bound(
    max_error: float, threshold: float
) -> None:
    """The lowest fitting point, though points above it may not fit."""
    assert KNOWN.threshold(max_error) == threshold
    assert KNOWN.keeps(max_error)


def test_where_no_point_keeps_the_bound_the_least_risk_is_taken() -> None:
    """Of points alike in risk the one that answers more; `keeps` tells that none did."""
    points = (RiskPoint(0.8, 0.2, 0.4), RiskPoint(0.6, 0.5, 0.3), RiskPoint(0.3, 1.0, 0.3))
    calibration = Calibration(curve=points, questions=100)
    assert calibration.threshold(0.1) == 0.3
    assert not calibration.keeps(0.1)


def test_without_a_curve_everything_is_answered() -> None:
    """Nothing is known against it."""
    assert Calibration().threshold(0.15) == 0


@given(calibrations(), shares, shares)
def test_the_threshold_falls_as_more_error_is_allowed(
    calibration: Calibration, one: float, other: float
) -> None:
    """Never the other way round."""
    strict, lenient = sorted((one, other))
    assert calibration.threshold(strict) >= calibration.threshold(lenient)


@given(calibrations(), shares)
def test_the_threshold_keeps_the_bound_where_it_can(calibration: Calibration, bound: float) -> None:
    """Its point is on the curve, and within the bound if any point is."""
    threshold = calibration.threshold(bound)
    (point,) = (point for point in calibration.curve if point.confidence == threshold)
    assert point.risk <= bound or not calibration.keeps(bound)


@given(calibrations())
def test_json_gives_the_same_calibration_back(calibration: Calibration) -> None:
    """To the last digit."""
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_a_file_gives_the_same_calibration_back(tmp_path: Path) -> None:
    """In one step: the older one is replaced, and nothing else is left in the folder."""
    path = tmp_path / "calibration.json"
    Calibration(curve=POINTS[:1], questions=5).write(path)
    KNOWN.write(path)
    assert Calibration.read(path) == KNOWN
    assert list(tmp_path.iterdir()) == [path]


def test_the_shipped_one_can_be_read() -> None:
    """And is as `write` would write it."""
    shipped = Calibration.shipped()
    assert shipped.curve
    assert shipped.to_json() == SHIPPED.read_text("utf-8")


def test_no_file_is_not_a_broken_one(tmp_path: Path) -> None:
    """Its absence means that nobody calibrated."""
    with pytest.raises(FileNotFoundError):
        Calibration.read(tmp_path / "calibration.json")


def _with(**changes: object) -> str:
    """The file of a calibration with some values exchanged."""
    return json.dumps(json.loads(KNOWN.to_json()) | changes)


def _without(name: str) -> str:
    """The file of a calibration without a value."""
    return json.dumps({k: v for k, v in json.loads(KNOWN.to_json()).items() if k != name})


_POINT: dict[str, Any] = {"confidence": 0.5, "coverage": 0.5, "risk": 0.5}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        KNOWN.to_json()[:-20],
        "[]",
        "[" * 100_000,
        _without("scale"),
        _with(more=1),
        _with(format=2),
        _with(scale="1"),
        _with(scale=True),
        _with(scale=0),
        _with(scale=-1.0),
        _with(shift=None),
        _with(questions=1.5),
        _with(questions=0),
        _with(models=None),
        _with(curve=[]),
        _with(curve={}),
        _with(curve=[[0.5, 0.5, 0.5]]),
        _with(curve=[_POINT | {"risk": 1.5}]),
        _with(curve=[_POINT | {"risk": "0"}]),
        _with(curve=[_POINT, _POINT]),
        _with(scale=12345.5).replace("12345.5", "NaN"),
        _with(scale=12345.5).replace("12345.5", "1e400"),
        _with(scale=12345.5).replace("12345.5", "1" * 400),
    ],
    ids=[
        "empty", "binary", "cut", "no object", "deep", "missing", "more", "format", "scale a word",
        "scale true", "scale 0", "scale below 0", "shift null", "half a question", "no question",
        "models null", "no points", "points an object", "point a list", "risk above 1",
        "risk a word", "not descending", "NaN", "infinite", "a huge number",
    ],
)  # fmt: skip
def test_a_broken_file_is_refused(tmp_path: Path, text: str) -> None:
    """The text names the file and what to do with it."""
    path = tmp_path / "calibration.json"
    path.write_text(text, "utf-8")
    with pytest.raises(CalibrationUnreadable, match=r"calibration\.json.*wenju calibrate"):
        Calibration.read(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """As other broken files are."""
    (tmp_path / "calibration.json").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(CalibrationUnreadable):
        Calibration.read(tmp_path / "calibration.json")


@pytest.mark.parametrize(
    "build",
    [
        lambda: Calibration(scale=0.0),
        lambda: Calibration(shift=float("nan")),
        lambda: replace(KNOWN, curve=POINTS[::-1]),
        lambda: RiskPoint(0.5, 1.1, 0.0),
        lambda: RiskPoint(0.5, 0.5, float("nan")),
    ],
    ids=["no scale", "no shift", "rising confidence", "coverage above 1", "no risk"],
)
def test_a_wrong_calibration_cannot_be_built(build: Callable[[], object]) -> None:
    """Values are checked where it is made."""
    with pytest.raises(ValueError, match=r"scale|curve"):
        build()


def reading(confidence: float) -> Reading:
    """A reading with one citation."""
    passage = make_passage("全年举办讲座46场")
    return Reading((Citation(passage, 6, 9, 0, 9, 1.0),), confidence, (make_hit(passage),))


@given(calibrations(), shares, shares)
def test_a_decision_cites_where_the_probability_reaches_the_threshold(
    calibration: Calibration, threshold: float, raw: float
) -> None:
    """The probability is told in either case, and the hits stay."""
    decided = Decision(calibration, threshold).of(reading(raw))
    assert decided.confidence == calibration.probability(raw)
    assert bool(decided.citations) is (decided.confidence >= threshold)
    assert decided.hits == reading(raw).hits


def test_nothing_cited_is_nothing_sure() -> None:
    """A reader that found nothing is not calibrated into having found something."""
    surer = Decision(Calibration(shift=10.0))
    nothing = surer.of(replace(reading(0.9), citations=()))
    assert (nothing.citations, nothing.confidence) == ((), 0.0)


@given(outcomes, scales, shifts)
def test_what_a_curve_counts_a_decision_answers(
    asked: list[Outcome], scale: float, shift: float
) -> None:
    """At the threshold of each point just the share that the point says is answered."""
    mapped = Calibration(scale, shift)
    known = [replace(o, confidence=mapped.probability(o.confidence)) for o in asked]
    assume(known)
    for point in curve(known):
        decision = Decision(mapped, point.confidence)
        answered = sum(bool(decision.of(reading(o.confidence)).citations) for o in asked)
        assert answered == round(point.coverage * len(asked))
