"""The picture and the table of confidence, over made-up outcomes."""

from pathlib import Path

from bench.calibration import draw, table
from qa.calibration import Calibration
from qa.outcomes import Outcome, fit

SETS = {
    "one": [Outcome(n / 40, n % 40 > 15) for n in range(40)],
    "two": [Outcome(n / 30, n % 3 > 0) for n in range(30)],
}
FITTED = fit([outcome for found in SETS.values() for outcome in found])


def test_the_table_has_a_row_for_each_set() -> None:
    """With as many cells as the head has."""
    lines = table(SETS, FITTED, 0.15).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["one", "two"]
    assert len({line.count("|") for line in lines}) == 1


def test_the_figures_are_those_of_the_outcomes() -> None:
    """Counted by hand: twenty right, twenty wrong, all answered as they were read."""
    even = {"even": [Outcome(0.5, n % 2 == 0) for n in range(40)]}
    row = table(even, Calibration(), 0.15).splitlines()[-1]
    assert row == "| even | 40 | 0.000 | 0.000 | 0.000 | 1.00 | 0.50 |"


def test_the_same_outcomes_give_the_same_picture(tmp_path: Path) -> None:
    """Without a date or chance ids, so that a change in git is a change of figures."""
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    draw(SETS, FITTED, 0.15, first)
    draw(SETS, FITTED, 0.15, second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_text("utf-8").count("<svg") == 1


def test_more_sets_than_styles_are_all_drawn(tmp_path: Path) -> None:
    """Colours come round again."""
    many = {f"set {n}": SETS["one"] for n in range(6)}
    draw(many, FITTED, 0.15, tmp_path / "many.svg")
    assert "<!-- set 5: 40 questions" in (tmp_path / "many.svg").read_text("utf-8")
