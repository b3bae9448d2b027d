"""Which calibration answers go by: the data folder's, where the same models made it."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import calibrating
from api.settings import Settings
from api.wiring import Service
from qa.calibration import Calibration, CalibrationUnreadable, Decision, RiskPoint
from tests.api.conftest import client_of

CURVE = (RiskPoint(0.999, 0.5, 0.01), RiskPoint(0.1, 0.9, 0.2), RiskPoint(0.01, 1.0, 0.5))
OWN = Calibration(2.0, -0.5, CURVE, questions=200, models="the models")
QUESTION = "2024年北区图书馆举办讲座多少场？"


def reopened(service: Service, calibration: Calibration, max_error: float = 0.3) -> Service:
    """The same service, started again with a calibration of its own models in its folder."""
    models = calibrating.models_name(service.models.encoder, service.reader)
    replace(calibration, models=models).write(calibrating.path(service.settings.data))
    settings = service.settings.model_copy(update={"max_error": max_error})
    return Service.open(settings, service.models)


def ask(client: TestClient) -> tuple[bool, float]:
    """Whether the question is answered, and how sure."""
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    return answer["found"], answer["confidence"]


def test_without_one_of_its_own_a_folder_goes_by_the_shipped_one(tmp_path: Path) -> None:
    """The same for every folder."""
    assert calibrating.calibration(tmp_path, "the models") == Calibration.shipped()
    assert calibrating.faults(tmp_path) == []


def test_a_folder_goes_by_its_own(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a word."""
    OWN.write(calibrating.path(tmp_path))
    assert calibrating.calibration(tmp_path, "the models") == OWN
    assert caplog.records == []


def test_one_of_other_models_is_ignored(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, and what to run."""
    OWN.write(calibrating.path(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert calibrating.calibration(tmp_path, "others") == Calibration.shipped()
    (record,) = caplog.records
    assert "wenju calibrate" in record.getMessage()
    assert str(calibrating.path(tmp_path)) in record.getMessage()


def test_a_broken_one_stops_the_start(service: Service) -> None:
    """And is a fault that doctor tells."""
    calibrating.path(service.settings.data).write_text("{}", "utf-8")
    with pytest.raises(CalibrationUnreadable, match="wenju calibrate"):
        Service.open(service.settings, service.models)
    (fault,) = calibrating.faults(service.settings.data)
    assert "wenju calibrate" in fault


def test_answers_have_the_calibrated_confidence(service: Service) -> None:
    """Over HTTP, too."""
    raw = replace(service.answerer, decision=Decision()).ask(QUESTION).confidence
    found, confidence = ask(client_of(reopened(service, OWN)))
    assert found
    assert confidence == pytest.approx(OWN.probability(raw), abs=1e-4)


def test_the_threshold_follows_from_the_setting(service: Service) -> None:
    """A bound that only the surest keep refuses what a wider one answers."""
    assert ask(client_of(reopened(service, OWN, max_error=0.3)))[0]
    assert not ask(client_of(reopened(service, OWN, max_error=0.05)))[0]


def test_the_default_bound_sets_the_threshold(tmp_path: Path, service: Service) -> None:
    """On the shipped curve."""
    decided = calibrating.decision(Settings(data=tmp_path), service.models.encoder, service.reader)
    assert decided.threshold == Calibration.shipped().threshold(Settings().max_error)
