"""From a reader's confidence to a probability, and to whether it is enough for an answer.

Readers say how sure they are; only answered questions show what that is worth. A `Calibration`
holds what such questions taught (`qa/outcomes.py` fits it), a `Decision` applies it.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, Self
from uuid import uuid4

from embeddings import files
from qa.types import Reading

FORMAT = 1  # bump when the file changes its form or its meaning
SHIPPED = Path(__file__).parent / "calibration.json"
_CLIP = 1e-6  # logits stay finite, and a reader that is quite sure can still be corrected
_BROKEN = (ValueError, TypeError, OverflowError, RecursionError)  # what a file may hold instead
_SOLID = 10  # questions answered; the risk of fewer is mostly chance


def logit(confidence: float) -> float:
    """Return the logarithm of the odds, clipped to about -14..14."""
    clipped = min(max(confidence, _CLIP), 1 - _CLIP)
    return math.log(clipped / (1 - clipped))


class CalibrationUnreadable(Exception):
    """A calibration file that cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What answering costs where `confidence` (calibrated) is the least that is answered.

    `coverage` is the share of questions that are answered then, `risk` the share of wrong ones
    among these: one point of the risk-coverage curve (Geifman and El-Yaniv, "Selective
    Classification for Deep Neural Networks", NIPS 2017).
    """

    confidence: float
    coverage: float
    risk: float

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.confidence, self.coverage, self.risk)):
            raise ValueError(f"not a point of a risk-coverage curve: {self}")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What questions with known answers taught about one reader's confidence.

    `scale` and `shift` map its logit (Platt, "Probabilistic Outputs for Support Vector Machines",
    1999), `curve` has the most confident point first, `questions` is how many there were, `models`
    what answered them. Without arguments nothing is known: confidence stays as it is.
    """

    scale: float = 1.0
    shift: float = 0.0
    curve: tuple[RiskPoint, ...] = ()
    questions: int = 0
    models: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.scale) and self.scale > 0 and math.isfinite(self.shift)):
            raise ValueError(f"scale {self.scale} must be above 0, shift {self.shift} a number")
        for surer, other in pairwise(self.curve):
            if not (surer.confidence > other.confidence and surer.coverage < other.coverage):
                raise ValueError(f"the curve does not go on from {surer} to {other}")

    @classmethod
    def shipped(cls) -> Self:
        """Return the calibration that comes with the shipped models."""
        return cls.read(SHIPPED)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what `write` wrote; FileNotFoundError without it, else CalibrationUnreadable."""
        try:
            return cls.from_json(path.read_text("utf-8"))
        except _BROKEN as error:
            raise CalibrationUnreadable(
                f"校准文件读不懂：{path}（{error}）。请重新运行 wenju calibrate，或删除此文件。 / "
                f"Cannot use the calibration in {path}. Run wenju calibrate again, or delete it."
            ) from error

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what `to_json` gave; one of several errors for anything else."""
        row = _row(json.loads(text, parse_constant=_refuse), {"format", *_TYPES})
        if row.pop("format") != FORMAT:
            raise ValueError(f"its format is not {FORMAT}")
        for name, kind in _TYPES.items():
            _check(name, row[name], kind)
        curve = tuple(_point(point) for point in row.pop("curve"))
        if not curve or row["questions"] < 1:
            raise ValueError("it was fitted to no questions")
        return cls(curve=curve, **row)

    def to_json(self) -> str:
        """Return the calibration as JSON that people can read, a line to each point."""
        row = {"format": FORMAT} | asdict(self)
        points = ",\n".join(f"    {json.dumps(point)}" for point in row.pop("curve"))
        head = json.dumps(row, ensure_ascii=False, indent=2).removesuffix("\n}")
        return f'{head},\n  "curve": [\n{points}\n  ]\n}}\n'

    def write(self, path: Path) -> None:
        """Put the calibration at `path` in one step: killed anywhere, the older file is whole."""
        aside = path.with_name(f"{path.name}.{uuid4().hex}")
        files.write(aside, self.to_json().encode())
        aside.replace(path)
        files.sync(path.parent)

    def probability(self, confidence: float) -> float:
        """Return the probability, 0..1, that an answer of this confidence is right; monotone."""
        moved = self.scale * logit(confidence) + self.shift
        return (1 + math.tanh(moved / 2)) / 2  # the logistic, which cannot overflow so

    def threshold(self, max_error: float) -> float:
        """Return the least calibrated confidence to answer at, so that `max_error` is kept.

        It is the lowest on the curve whose risk is at most `max_error`, which answers the most
        questions. Points of fewer than ten answers count only where no other keeps it. Where none
        does, it is that of the least risk; `keeps` tells. 0 without a curve.
        """
        if not self.curve:
            return 0.0
        kept = [point for point in self.curve if point.risk <= max_error]
        solid = [point for point in kept if round(point.coverage * self.questions) >= _SOLID]
        least = min(reversed(self.curve), key=lambda point: point.risk)
        return (solid or kept or [least])[-1].confidence

    def keeps(self, max_error: float) -> bool:
        """Return whether any confidence on the curve keeps the bound."""
        return any(point.risk <= max_error for point in self.curve)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a reading is an answer: its calibrated confidence reaches the threshold.

    Without arguments everything is answered, with the reader's own confidence.
    """

    calibration: Calibration = field(default_factory=Calibration)
    threshold: float = 0.0

    def confidence(self, raw: float) -> float:
        """Return the probability, 0..1, that an answer of a reader's confidence is right."""
        return self.calibration.probability(raw)

    def answers(self, confidence: float) -> bool:
        """Return whether a probability is enough for an answer."""
        return confidence >= self.threshold

    def of(self, reading: Reading) -> Reading:
        """Return the reading with its probability, and without citations where that is too low."""
        if not reading.citations:
            return replace(reading, confidence=0.0)
        confidence = self.confidence(reading.confidence)
        citations = reading.citations if self.answers(confidence) else ()
        return replace(reading, citations=citations, confidence=confidence)


_TYPES: Mapping[str, type] = {
    "questions": int,
    "models": str,
    "scale": float,
    "shift": float,
    "curve": list,
}


def _row(value: object, names: set[str]) -> dict[str, Any]:
    """A JSON object that has just these names."""
    if not isinstance(value, dict) or value.keys() != names:
        raise ValueError(f"expected an object of {', '.join(sorted(names))}")
    return value


def _check(name: str, value: object, kind: type) -> None:
    """TypeError where a value is not of its kind; whole numbers are numbers, true is none."""
    allowed = (int, float) if kind is float else (kind,)
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise TypeError(f"{name} is {value!r}")


def _point(value: object) -> RiskPoint:
    """A point of the curve."""
    row = _row(value, {field.name for field in fields(RiskPoint)})
    for name, share in row.items():
        _check(name, share, float)
    return RiskPoint(**row)


def _refuse(constant: str) -> NoReturn:
    """NaN and infinities, which Python's parser would take."""
    raise ValueError(f"{constant} is not a number")
