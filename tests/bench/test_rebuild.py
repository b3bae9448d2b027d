"""Reports made for the rebuild bench, and the table and picture of its figures."""

from pathlib import Path

from bench.rebuild import Measured, draw, table
from bench.reports import change_reports, change_scattered, paragraphs, write_reports

TEXTS = [
    f"第{n}条渠道的清淤工程在春耕之前全部完成，共投入{n}万元，受益农田{n}公顷，{n}户农民参加施工。"
    for n in range(30)
]


def lines(folder: Path) -> set[tuple[str, str]]:
    """Every line with the report that it stands in."""
    paths = sorted(folder.iterdir())
    return {(path.name, line) for path in paths for line in path.read_text("utf-8").splitlines()}


def test_reports_hold_as_many_different_paragraphs_as_asked(tmp_path: Path) -> None:
    """The texts as they are, then varied copies; a hundred are three reports."""
    write_reports(tmp_path / "reports", TEXTS, 100)
    assert len(list((tmp_path / "reports").iterdir())) == 3
    bodies = {line for _, line in lines(tmp_path / "reports") if len(line) >= 40}
    assert len(bodies) == 100
    assert bodies > set(TEXTS)


def test_as_many_paragraphs_change_as_asked(tmp_path: Path) -> None:
    """In as few reports as hold them, or in as many as there are."""
    folder = tmp_path / "reports"
    write_reports(folder, TEXTS, 100)
    before = lines(folder)
    change_reports(folder, 5)
    in_one = lines(folder) - before
    assert (len(in_one), len({name for name, _ in in_one})) == (5, 1)
    change_scattered(folder, 2)
    scattered = lines(folder) - before - in_one
    assert (len(scattered), len({name for name, _ in scattered})) == (2, 2)


def test_the_projects_own_reports_give_paragraphs() -> None:
    """Where no reading sets are given there is enough to make reports of."""
    found = paragraphs(None)
    assert len(set(found)) == len(found) > 100


def figures() -> list[Measured]:
    """All rebuilds of two sizes."""
    return [
        Measured(size, kind, size, 2 * size, 0, 1.0, 0.5, 0, 4096 * size, 900 * size, 1024 * size)
        for size in (100, 200)
        for kind in ("full", "unchanged", "reports", "scattered")
    ]


def test_the_table_has_a_row_for_each_rebuild() -> None:
    """With as many cells as the head has; memory is counted above the index, a sentence."""
    rows = table(figures()).splitlines()
    assert len(rows) == 2 + len(figures())
    assert len({row.count("|") for row in rows}) == 1
    assert rows[2].endswith("| 1.50 |")


def test_the_same_figures_give_the_same_picture(tmp_path: Path) -> None:
    """Without a date or chance ids."""
    draw(figures(), tmp_path / "first.svg")
    draw(figures(), tmp_path / "second.svg")
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
