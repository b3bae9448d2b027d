"""`wenju doctor` where a model has gone: it tells of it, and goes back to what can serve."""

import shutil
from pathlib import Path

import pytest

from api import wiring
from api.cli import main
from api.settings import Settings
from api.wiring import Models
from corpus.text import Segmenter
from embeddings import storage
from embeddings.model_folder import SHIPPED_NAME
from tests.faults.test_faults import load_from_folder


def make_model(folder: Path) -> Path:
    """Put into `folder` what makes a model of it, with a fingerprint of its own."""
    folder.mkdir()
    (folder / "modules.json").write_text(f'["{folder.name}"]', "utf-8")
    return folder


@pytest.fixture
def models(tmp_path: Path) -> tuple[Path, Path]:
    """Two model folders."""
    return make_model(tmp_path / "first"), make_model(tmp_path / "second")


@pytest.fixture
def data(
    corpus_folder: Path, tmp_path: Path, segmenter: Segmenter, models: tuple[Path, Path]
) -> Path:
    """A data folder with a version of each, the second's current."""
    settings = Settings(corpus=corpus_folder, data=tmp_path / "data")
    for model in models:
        loaded = Models(load_from_folder(str(model)), segmenter, load_encoder=load_from_folder)
        wiring.rebuild(settings, loaded, on_progress=lambda progress: None)
    return settings.data


def examine(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str]:
    """Run `wenju doctor`; return its exit code and what it printed."""
    with pytest.raises(SystemExit) as stopped:
        main(["doctor", *map(str, arguments)])
    return int(stopped.value.code or 0), capsys.readouterr().out


def test_a_deleted_model_folder_is_told_and_gone_back_from(
    capsys: pytest.CaptureFixture[str], data: Path, models: tuple[Path, Path]
) -> None:
    """The version of the model that is still there serves; the other one stays, for it is sound."""
    newest, older = storage.version_names(data)
    assert examine(capsys, "--data", data) == (0, "没有发现问题。 / Nothing is wrong.\n")
    shutil.rmtree(models[1])
    code, told = examine(capsys, "--data", data)
    assert code == 1
    assert str(models[1]) in told
    assert f"wenju rebuild --model {SHIPPED_NAME} --data {data}" in told
    code, told = examine(capsys, "--data", data, "--repair")
    assert code == 0
    assert older in told
    assert storage.current_version(data) == older
    assert storage.version_names(data) == [newest, older]


def test_a_model_that_was_exchanged_is_told_by_its_fingerprint(
    capsys: pytest.CaptureFixture[str], data: Path, models: tuple[Path, Path]
) -> None:
    """Another model under the same name did not make these vectors."""
    (models[1] / "modules.json").write_text("[]", "utf-8")
    code, told = examine(capsys, "--data", data)
    assert code == 1
    assert f"wenju rebuild --model {models[1]} --data {data}" in told
    assert examine(capsys, "--data", data, "--repair")[0] == 0
    assert storage.current_version(data) == storage.version_names(data)[1]


def test_a_setting_that_names_no_model_is_told(
    capsys: pytest.CaptureFixture[str], data: Path, models: tuple[Path, Path], tmp_path: Path
) -> None:
    """The files are checked all the same, and a repair under it changes nothing."""
    current = storage.current_version(data)
    (data / "versions" / current / "words.npz").unlink()
    code, told = examine(capsys, "--data", data, "--model", tmp_path / "nowhere", "--repair")
    assert code == 1
    assert "nowhere" in told
    assert "words.npz" in told
    assert storage.current_version(data) == current
