"""`wenju rebuild`, `versions`, `activate` and `doctor`."""

import gc
from pathlib import Path

import pytest

from api import rebuild_command
from api.settings import Settings
from corpus.loader import CorpusMissing
from embeddings import storage
from tests.cli.conftest import QUESTION, Run


def test_a_rebuild_collects_garbage(tmp_path: Path) -> None:
    """The command line turns collection off for its imports only."""
    gc.disable()
    try:
        with pytest.raises(CorpusMissing):
            rebuild_command.rebuild(Settings(corpus=tmp_path / "none"), full=False)
        assert gc.isenabled()
    finally:
        gc.enable()


def test_a_second_rebuild_encodes_nothing(run: Run, own: Path) -> None:
    """The report says so, and progress goes to the other stream."""
    outcome = run("rebuild", "--corpus", own / "corpus", "--data", own / "data")
    assert outcome.code == 0
    assert "encoded 0" in outcome.out
    assert "encoded" not in outcome.err


def test_rebuild_reports_skipped_files(run: Run, own: Path) -> None:
    """Unreadable, empty and binary files among good ones: skipped, with the reason."""
    (own / "corpus" / "empty.txt").write_bytes(b"")
    (own / "corpus" / "binary.txt").write_bytes(bytes(range(256)) * 8)
    outcome = run("rebuild", "--corpus", own / "corpus", "--data", own / "data")
    assert outcome.code == 0
    assert "empty.txt" in outcome.out
    assert "binary.txt" in outcome.out
    assert "3 份文档" in outcome.out


@pytest.mark.parametrize("made", [True, False], ids=["empty", "missing"])
def test_a_corpus_without_reports_loses_nothing(run: Run, own: Path, made: bool) -> None:
    """One line says which folder; the old index stays."""
    before = storage.current_version(own / "data")
    folder = own / "no reports"
    if made:
        folder.mkdir()
    outcome = run("rebuild", "--corpus", folder, "--data", own / "data")
    assert outcome.code == 1
    assert str(folder) in outcome.error_line
    assert storage.current_version(own / "data") == before


def test_a_model_that_is_none_is_explained(run: Run, own: Path, tmp_path: Path) -> None:
    """A folder without a model; nothing on disk changes."""
    before = storage.current_version(own / "data")
    outcome = run("rebuild", "--data", own / "data", "--model", tmp_path)
    assert outcome.code == 1
    assert str(tmp_path) in outcome.error_line
    assert storage.current_version(own / "data") == before


def test_data_that_cannot_be_written_is_explained(run: Run, built: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    outcome = run("rebuild", "--corpus", built / "corpus", "--data", tmp_path / "file" / "data")
    assert outcome.code == 1
    assert str(tmp_path / "file") in outcome.error_line


def test_versions_and_activate(run: Run, own: Path) -> None:
    """Going back to the first version, and to one that is not there."""
    data = own / "data"
    first = storage.current_version(data)
    (own / "corpus" / "river.md").unlink()
    run("rebuild", "--corpus", own / "corpus", "--data", data)
    starred = [line[0] for line in run("versions", "--data", data).out.splitlines()]
    assert starred == ["*", " "]
    assert run("activate", first, "--data", data).code == 0
    assert storage.current_version(data) == first
    outcome = run("activate", "nope", "--data", data)
    assert outcome.code == 1
    assert "wenju versions" in outcome.error_line


def truncate(data: Path, version: str) -> None:
    """Cut the largest file of a version in half, as a full disk would."""
    files = (data / "versions" / version).iterdir()
    largest = max(files, key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])


def test_a_truncated_index_is_refused(run: Run, own: Path) -> None:
    """Neither asked nor served; the line names the command that helps."""
    data = own / "data"
    truncate(data, storage.current_version(data))
    for arguments in (["ask", QUESTION], ["serve", "--port", "0"]):
        outcome = run(*arguments, "--data", data)
        assert outcome.code == 1
        assert "wenju rebuild" in outcome.error_line


def test_doctor_says_what_to_run_and_falls_back(run: Run, own: Path) -> None:
    """Sound; damaged; and back on the newest version that is sound."""
    data = own / "data"
    assert run("doctor", "--data", data).code == 0
    first = storage.current_version(data)
    (own / "corpus" / "river.md").unlink()
    run("rebuild", "--corpus", own / "corpus", "--data", data)
    truncate(data, storage.current_version(data))
    outcome = run("doctor", "--data", data)
    assert outcome.code == 1
    assert "wenju" in outcome.out
    run("doctor", "--data", data, "--repair")
    assert storage.current_version(data) == first
    assert run("ask", QUESTION, "--data", data).code == 0
