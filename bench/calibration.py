"""What confidence is worth, and what answering costs: `python -m bench.calibration`.

Asks every question set without a threshold, as `wenju calibrate` does, and holds the answers
against the shipped calibration. Writes calibration.svg (reliability diagram and risk-coverage
curve) and calibration.md (the figures), by default into bench/results, and prints the table.
"""

import argparse
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from api import answers
from api.settings import Settings
from api.wiring import Models, build_reader
from bench.questions import ROOT, QuestionSet, question_sets
from corpus.text import Segmenter
from embeddings.encoder import SentenceEncoder
from qa.answerer import Answerer
from qa.calibration import Calibration
from qa.followup import FollowUps
from qa.outcomes import (
    Outcome,
    calibrated,
    curve,
    effect,
    expected_calibration_error,
    reliability,
)
from qa.span_model import SpanModel

# Okabe and Ito's colours, which colour-blind people can tell apart; marks tell them apart in print.
_STYLES = (("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^"), ("#CC79A7", "D"))
_GREY = "#666666"
_SOLID = 5  # answers, below which a risk is chance and would only zigzag
_COLUMNS = "questions | ECE before | ECE calibrated | threshold | answered | wrong among answered"

Sets = Mapping[str, Sequence[Outcome]]


def outcomes(questions: QuestionSet, models: Models, work: Path) -> list[Outcome]:
    """Return the outcome of every question of a set."""
    index = questions.index(models.encoder, models.segmenter, work)
    answerer = Answerer(index, build_reader(models), FollowUps(models.segmenter))
    return [answers.outcome(answerer, question) for question in questions.questions()]


def table(sets: Sets, calibration: Calibration, max_error: float) -> str:
    """Return the figures of each set as a Markdown table."""
    rows = [f"| set | {_COLUMNS} |", f"|---|{'---|' * len(_COLUMNS.split('|'))}"]
    for name, found in sets.items():
        held = effect(found, calibration, max_error)
        rows.append(
            f"| {name} | {len(found)} | {expected_calibration_error(found):.3f} |"
            f" {held.calibration_error:.3f} | {held.threshold:.3f} | {held.answered:.2f} |"
            f" {held.error:.2f} |"
        )
    return "\n".join(rows)


def draw(sets: Sets, calibration: Calibration, max_error: float, path: Path) -> None:
    """Write the picture; the same outcomes give the same file."""
    with mpl.rc_context({"svg.hashsalt": "wenju", "font.size": 9}):
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        for (name, found), style in zip(sets.items(), cycle(_STYLES), strict=False):
            known = calibrated(found, calibration)
            _draw_reliability(left, name, known, style)
            _draw_risk(right, known, style, calibration.threshold(max_error))
        _finish_reliability(left)
        _finish_risk(right, max_error)
        figure.legend(loc="outside lower center", ncols=len(sets) + 1, frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _draw_reliability(
    axes: Axes, name: str, known: Sequence[Outcome], style: tuple[str, str]
) -> None:
    """A point for each bin, its area the number of questions in it."""
    colour, mark = style
    bins = reliability(known)
    said, so = [row.confidence for row in bins], [row.right for row in bins]
    label = f"{name}: {len(known)} questions, ECE {expected_calibration_error(known):.3f}"
    axes.plot(said, so, color=colour, linewidth=1, marker=mark, markersize=3, label=label)
    areas = [400 * row.count / len(known) for row in bins]
    axes.scatter(said, so, s=areas, color=colour, marker=mark, alpha=0.6)


def _draw_risk(
    axes: Axes, known: Sequence[Outcome], style: tuple[str, str], threshold: float
) -> None:
    """The curve, and a mark where the shipped threshold stands on it."""
    colour, mark = style
    points = [p for p in curve(known) if p.coverage * len(known) >= _SOLID]
    axes.plot([p.coverage for p in points], [p.risk for p in points], color=colour, linewidth=1.4)
    answered = [p for p in points if p.confidence >= threshold]
    axes.plot(
        [p.coverage for p in answered[-1:]],
        [p.risk for p in answered[-1:]],
        color=colour,
        marker=mark,
        markersize=8,
        linestyle="none",
    )


def _finish_reliability(axes: Axes) -> None:
    """What a perfect calibration would be, and the words."""
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="perfect")
    axes.set(
        title="Reliability (area: questions in the bin)",
        xlabel="confidence",
        ylabel="share of right answers",
        xlim=(0, 1),
        ylim=(-0.03, 1.03),
    )


def _finish_risk(axes: Axes, max_error: float) -> None:
    """The bound, and the words."""
    axes.axhline(max_error, color=_GREY, linestyle="--", linewidth=1)
    axes.text(0.99, max_error, f"max error {max_error:g}", color=_GREY, ha="right", va="bottom")
    axes.set(
        title="Risk and coverage (mark: the shipped threshold)",
        xlabel="coverage: share of questions answered",
        ylabel="risk: share of wrong ones among these",
        xlim=(0, 1),
        ylim=(0, None),
    )


def main() -> None:
    """Write picture and table over all question sets that are here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("data/bench"))
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results")
    given = parser.parse_args()
    models = Models(SentenceEncoder.load(), Segmenter.load(), SpanModel.load())
    sets = {found.name: outcomes(found, models, given.work) for found in question_sets()}
    calibration, max_error = Calibration.shipped(), Settings.read().max_error
    figures = table(sets, calibration, max_error)
    draw(sets, calibration, max_error, given.out / "calibration.svg")
    text = (
        "# Calibration\n\nWritten by `python -m bench.calibration`: confidence as the reader gives"
        f" it and calibrated, and what the threshold for a max error of {max_error:g} does.\n\n"
        f"{figures}\n\n![Reliability and risk-coverage](calibration.svg)\n"
    )
    (given.out / "calibration.md").write_text(text, "utf-8")
    print(figures)


if __name__ == "__main__":
    main()
