"""What the documents of training say is there, and the counts are those of the files."""

import re
from pathlib import Path

import pytest

from training.check_questions import table
from training.folders import part_of

TRAINING = Path(__file__).parent.parent.parent / "training"
README = (TRAINING / "README.md").read_text("utf-8")
DATA_README = (TRAINING / "data" / "README.md").read_text("utf-8")
OWN = sorted((TRAINING / "data").glob("[a-z]"))


def test_every_file_has_one_line() -> None:
    """The table of files holds all scripts, once each, and nothing that is not there."""
    described = re.findall(r"^\| `(\w+\.\w+)` \|", README.partition("## Files")[2], re.M)
    there = [path.name for path in TRAINING.iterdir() if path.is_file()]
    assert sorted(described) == sorted(set(there) - {"README.md", "__init__.py"})


def test_every_command_is_there() -> None:
    """What is run with -m is a module of training."""
    named = set(re.findall(r"-m training\.(\w+)", README + DATA_README))
    assert named
    assert [name for name in named if not (TRAINING / f"{name}.py").exists()] == []


def test_the_counts_are_those_of_the_files() -> None:
    """The table of the data's README is the one that the program prints."""
    assert table(OWN) in DATA_README


@pytest.mark.parametrize("folder", OWN, ids=lambda folder: folder.name)
def test_each_folder_is_described_with_its_part(folder: Path) -> None:
    """Nobody takes a test folder for one to train on."""
    (line,) = re.findall(rf"^\| `{folder.name}` \|.*$", DATA_README, re.M)
    assert line.endswith(f"| {part_of(folder)} |")
    (row,) = re.findall(rf"^\| {part_of(folder)} \| ([^|]*)\|", README, re.M)
    assert f"`{folder.name}`" in row
