"""The calibration that a data folder's answers go by: its own, or the shipped one."""

import contextlib
import logging
from pathlib import Path

from api.settings import Settings
from embeddings.types import Encoder
from qa.calibration import Calibration, CalibrationUnreadable, Decision
from qa.types import Reader

_log = logging.getLogger(__name__)
_FILE = "calibration.json"


def path(data: Path) -> Path:
    """Return where `wenju calibrate` puts the calibration of a data folder."""
    return data / _FILE


def models_name(encoder: Encoder, reader: Reader) -> str:
    """Return the models that a calibration holds for: another one makes other confidences."""
    return f"{encoder.fingerprint} {reader.name}"


def calibration(data: Path, models: str) -> Calibration:
    """Return the data folder's calibration if these models made it, else the shipped one.

    CalibrationUnreadable where there is one that cannot be used.
    """
    try:
        own = Calibration.read(path(data))
    except FileNotFoundError:
        return Calibration.shipped()
    if own.models == models:
        return own
    _log.warning(
        "%s 是用别的模型校准的，已不采用；请重新运行 wenju calibrate。 / It was fitted to other"
        " models (%s, now %s) and is ignored; run wenju calibrate again.",
        path(data),
        own.models,
        models,
    )
    return Calibration.shipped()


def decision(settings: Settings, encoder: Encoder, reader: Reader) -> Decision:
    """Return what is sure enough to answer under the settings; raises as `calibration` does."""
    known = calibration(settings.data, models_name(encoder, reader))
    return Decision(known, known.threshold(settings.max_error))


def faults(data: Path) -> list[str]:
    """Return what is wrong with the data folder's calibration and what to do; mostly nothing."""
    try:
        with contextlib.suppress(FileNotFoundError):
            Calibration.read(path(data))
    except CalibrationUnreadable as error:
        return [str(error)]
    return []
