"""Which folders train, which tune, and which only judge."""

import sys
from pathlib import Path

import pytest

from training import train_encoder, train_reader
from training.folders import opened, part_of, refuse_held_out

DATA = Path(__file__).parent.parent.parent / "training" / "data"


def test_own_and_other_folders_share_the_split() -> None:
    """What a folder is called decides, not where it lies."""
    parts = {name: part_of(Path("anywhere") / name) for name in "abcdefijklmnopqrstu"}
    assert {name for name in parts if parts[name] == "development"} == set("mq")
    assert {name for name in parts if parts[name] == "test"} == set("nos")


def test_a_folder_is_known_however_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dot or a step back does not make a test folder one to train on."""
    monkeypatch.chdir(DATA / "s")
    assert part_of(Path()) == "test"
    assert part_of(Path("reports/..")) == "test"


def test_a_mistyped_folder_of_rephrased_questions_is_refused(tmp_path: Path) -> None:
    """At once: hours of training without them would look like hours with them."""
    with pytest.raises(SystemExit, match="no folder"):
        next(opened([DATA / "p"], tmp_path, tmp_path / "rephrasd"))
    with pytest.raises(SystemExit, match="no folder"):
        next(opened([DATA / "p"], tmp_path, near_misses=tmp_path / "near_mises"))


def test_training_folders_pass() -> None:
    """Nothing happens."""
    refuse_held_out([Path("a"), Path("data/p")])


@pytest.mark.parametrize("main", [train_reader.main, train_encoder.main], ids=["reader", "encoder"])
@pytest.mark.parametrize("held_out", ["training/data/q", "x/n/"], ids=["development", "test"])
def test_training_refuses_folders_held_out(
    monkeypatch: pytest.MonkeyPatch, main: object, held_out: str
) -> None:
    """Before anything is loaded, with the folder's name and what to do."""
    assert callable(main)
    stage = ["reports"] if main is train_reader.main else []
    arguments = ["train", *stage, "--out", "nowhere", "--reports", "training/data/p", held_out]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit, match=str(Path(held_out))) as refusal:
        main()
    assert "training/data/p" not in str(refusal.value)
    assert "--reports" in str(refusal.value)
