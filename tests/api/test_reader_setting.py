"""WENJU_READER: which reader answers, and what a folder without a model leads to."""

from pathlib import Path

import pytest

from api import wiring
from api.cli import main
from api.settings import ENVIRONMENT_PREFIX, RULES, Settings
from api.wiring import Models
from corpus.text import Segmenter
from embeddings.model_folder import SHIPPED_NAME
from qa.span_model import SHIPPED_FOLDER, SpanModel
from tests.fakes import BigramEncoder


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", raising=False)


@pytest.fixture
def data(corpus_folder: Path, tmp_path: Path, segmenter: Segmenter) -> Path:
    """A data folder with an index: without one, no model is loaded."""
    settings = Settings(corpus=corpus_folder, data=tmp_path / "data")
    models = Models(BigramEncoder(), segmenter)
    wiring.rebuild(settings, models, on_progress=lambda progress: None)
    return settings.data


def test_rules_need_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a broken one would be noticed."""
    monkeypatch.setenv("WENJU_READER", RULES)
    models = wiring.load_models(Settings.read())
    assert models.span_model is None
    assert wiring.build_reader(models).name.startswith("rules-")


def test_a_folder_without_a_model_ends_the_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line in both languages, exit code 1; it names the folder and the variable."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("WENJU_READER", str(empty))
    with pytest.raises(SystemExit) as stopped:
        main(["ask", "讲座由谁主持？", "--data", str(data), "--model", SHIPPED_NAME])
    assert stopped.value.code == 1
    (line,) = capsys.readouterr().err.strip().splitlines()
    chinese, _, english = line.partition(" / Could not read the reader's model in ")
    assert chinese.startswith(f"无法读取阅读模型：{empty}")
    assert "WENJU_READER" in chinese
    assert english.startswith(f"{empty}. Install again")


@pytest.mark.skipif(not SHIPPED_FOLDER.is_dir(), reason="this checkout has no shipped reader")
@pytest.mark.parametrize("value", [None, "", str(SHIPPED_FOLDER)], ids=["unset", "empty", "named"])
def test_the_shipped_reader_is_the_default(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    """Unless another one is named; by its own folder it is the same one."""
    if value is not None:
        monkeypatch.setenv("WENJU_READER", value)
    models = wiring.load_models(Settings.read())
    assert models.span_model is not None
    assert models.span_model.fingerprint == SpanModel.load().fingerprint
    assert wiring.build_reader(models).name.startswith("trained-")
