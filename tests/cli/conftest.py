"""`wenju` run in this process with the shipped encoder, over the small corpus."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli import main
from api.settings import ENVIRONMENT_PREFIX, Settings
from tests.conftest import REPORTS

QUESTION = "2024年北区图书馆举办讲座多少场？"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of `wenju` ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def error_line(self) -> str:
        """The one line that says why; AssertionError where there is more or less than one."""
        (line,) = self.err.strip().splitlines()
        assert "Traceback" not in line
        return line


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the developer's own environment, and an empty folder to stand in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `wenju` with arguments, in this process."""

    def run_wenju(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return run_wenju


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and its index, built once and copied by tests that change it."""
    folder = tmp_path_factory.mktemp("built")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in REPORTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["rebuild", "--corpus", str(corpus), "--data", str(folder / "data")])
    assert not stopped.value.code
    return folder


@pytest.fixture
def data(built: Path) -> Path:
    """The index, for tests that only read it."""
    return built / "data"


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Path:
    """A copy of the folder for one test alone."""
    return shutil.copytree(built, tmp_path / "own")
