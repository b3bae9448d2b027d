"""Settings: flags over environment over defaults, checked at start, documented."""

import re
from pathlib import Path

import pytest

from api.cli import main
from api.settings import ENVIRONMENT_PREFIX, SAMPLES, BadSetting, Settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(WENJU_\w+)` \| (?:`(--[\w-]+)`)? ?\| (.+?) \| (.+?) \|$", re.MULTILINE)
CHINESE, ENGLISH = DOCS.read_text("utf-8").split("## In English")
WORDED_DEFAULTS = {
    "WENJU_CORPUS": ("自带的示例报告", "the sample reports"),
    "WENJU_MODEL": ("当前索引的模型，没有时为自带的", "that of the index, else the shipped one"),
    "WENJU_READER": ("自带的模型", "the shipped model"),
    "WENJU_ADMIN_KEY": ("无", "none"),
    "WENJU_GATE": ("标准问题，只用于示例报告", "the golden questions, for the sample reports only"),
    "WENJU_WATCH": ("否", "no"),
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's own environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", raising=False)


def test_defaults_need_nothing() -> None:
    """The sample reports, served on this machine."""
    settings = Settings.read()
    assert settings.corpus == SAMPLES
    assert (settings.host, settings.port, settings.admin_key) == ("127.0.0.1", 8000, None)


def test_environment_wins_over_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the prefix only."""
    monkeypatch.setenv("WENJU_PORT", "9000")
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert Settings.read().port == 9000
    assert Settings.read().host == "127.0.0.1"


def test_flags_win_over_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flag that was not given leaves the environment its word."""
    monkeypatch.setenv("WENJU_PORT", "9000")
    assert Settings.read(port=9001).port == 9001
    assert Settings.read(port=None).port == 9000


def test_empty_variables_count_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty key must not be a key."""
    monkeypatch.setenv("WENJU_ADMIN_KEY", "")
    assert Settings.read().admin_key is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("MAX_ERROR", "0"),
        ("MAX_ERROR", "1"),
        ("MAX_ERROR", "15%"),
        ("MAX_ERROR", "nan"),
        ("MAX_UPLOAD_MIB", "0"),
        ("KEEP_VERSIONS", "0"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """By the name it was set under."""
    monkeypatch.setenv(f"WENJU_{name}", value)
    with pytest.raises(BadSetting, match=f"WENJU_{name}"):
        Settings.read()


def test_a_wrong_flag_is_named() -> None:
    """By the flag, not by a variable that nobody set."""
    with pytest.raises(BadSetting, match="--port"):
        Settings.read(port=70000)


def test_a_wrong_setting_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, exit code 2, before anything is loaded."""
    monkeypatch.setenv("WENJU_PORT", "http")
    with pytest.raises(SystemExit) as stopped:
        main(["serve"])
    assert stopped.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_key_is_not_shown() -> None:
    """Neither in a log nor in an error."""
    settings = Settings.read(admin_key="a secret")
    assert "a secret" not in repr(settings)


@pytest.mark.parametrize("half", [CHINESE, ENGLISH], ids=["Chinese", "English"])
def test_each_setting_is_documented(half: str) -> None:
    """In both languages, and nothing is documented that is not there."""
    documented = {row[0] for row in ROW.findall(half)}
    assert documented == {f"WENJU_{name.upper()}" for name in Settings.model_fields}


def test_documented_defaults_are_the_real_ones() -> None:
    """Where a default cannot be written, words stand for it."""
    for language, half in enumerate((CHINESE, ENGLISH)):
        for variable, _, default, _ in ROW.findall(half):
            field = Settings.model_fields[variable.removeprefix("WENJU_").lower()]
            worded = WORDED_DEFAULTS.get(variable)
            assert default == (worded[language] if worded else f"`{field.default}`")


def test_documented_flags_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """`wenju serve` takes every flag that the documentation names."""
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    text = capsys.readouterr().out
    flags = {row[1] for row in ROW.findall(CHINESE)} - {""}
    assert flags
    assert all(flag in text for flag in flags)
