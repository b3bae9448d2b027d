"""A change of model: built beside, followed without a restart, undone, and never half done."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import calibrating, encoders, wiring
from api.settings import Settings
from api.wiring import Service
from corpus.text import Segmenter
from embeddings import storage
from embeddings.index import Index
from embeddings.model_folder import SHIPPED_NAME
from embeddings.types import BuildReport, Encoder, ModelUnreadable
from embeddings.versions import IndexMismatch
from qa.calibration import Calibration, RiskPoint
from tests.api.test_admin import eventually
from tests.api.test_documents import REPORT, file, settled
from tests.fakes import BigramEncoder, ContraryEncoder, load_fake_encoder

QUESTION = {"question": "2024年全年举办讲座多少场？"}
SMALL = BigramEncoder(dimensions=64)


def rebuild_with(service: Service, encoder: Encoder) -> BuildReport:
    """What `wenju rebuild --model` does in another process on the same data folder."""
    models = replace(service.models, encoder=encoder)
    return wiring.rebuild(service.settings, models, on_progress=lambda progress: None)


def test_a_running_service_follows_to_the_other_model(admin: TestClient, service: Service) -> None:
    """It loads the version's own encoder, answers with it, and rebuilds with it."""
    before = service.index.version
    report = rebuild_with(service, SMALL)
    assert eventually(admin, "index_version", changed_from=before) == report.version
    health = admin.get("/api/health").json()
    assert health["encoder"] == {"name": SMALL.name, "fingerprint": SMALL.fingerprint}
    assert health["notice"] == ""
    assert admin.post("/api/ask", json=QUESTION).json()["found"] is True
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    assert settled(admin)["state"] == "succeeded"
    current = storage.current_version(service.settings.data)
    assert storage.built_with(service.settings.data, current).fingerprint == SMALL.fingerprint


def test_no_question_fails_and_none_meets_the_other_model(
    admin: TestClient, service: Service
) -> None:
    """Vectors of one model and a question of the other would not even have the same length."""
    first = service.index.version
    stop = threading.Event()

    def ask_until_stopped(number: int) -> set[str]:
        seen = set()
        while not stop.is_set():
            answer = admin.post("/api/ask", json=QUESTION)
            assert answer.status_code == 200, answer.text
            assert answer.json()["found"] is True
            seen.add(answer.json()["index_version"])
        return seen

    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_until_stopped, number) for number in range(4)]
        try:
            second = rebuild_with(service, SMALL).version
            eventually(admin, "index_version", changed_from=first)
            for version in [first, second] * 5:
                service.activate(version)
        finally:
            stop.set()
        seen = set().union(*(one.result() for one in asking))
    assert seen == {first, second}


def test_going_back_loads_nothing(admin: TestClient, service: Service) -> None:
    """The encoder before is kept: a change of model is undone at once."""
    first, encoder = service.index.version, service.index.encoder
    service.activate(rebuild_with(service, SMALL).version)
    service.models = replace(service.models, load_encoder=ContraryLoader())
    assert admin.post(f"/api/versions/{first}/activate").status_code == 200
    assert service.index.encoder is encoder
    assert service.models.encoder is encoder


class ContraryLoader:
    """Finds another encoder under every name."""

    def __call__(self, name: str | None) -> Encoder:
        """Return an encoder that built nothing."""
        return ContraryEncoder()


def test_another_model_under_the_same_name_is_refused(admin: TestClient, service: Service) -> None:
    """The fingerprint tells; the old version answers on, and the health says what to run."""
    before = service.index.version
    service.models = replace(service.models, load_encoder=ContraryLoader())
    built = rebuild_with(service, SMALL).version
    assert "wenju rebuild --model" in str(eventually(admin, "notice", changed_from=""))
    response = admin.post(f"/api/versions/{built}/activate")
    assert response.json()["type"] == "/docs#index-mismatch"
    assert admin.get("/api/health").json()["index_version"] == before
    assert admin.post("/api/ask", json=QUESTION).json()["found"] is True


def test_the_decision_goes_with_the_model(service: Service) -> None:
    """A calibration holds for the models that it was fitted to."""
    own = Calibration(2.0, -0.5, (RiskPoint(0.1, 1.0, 0.1),), questions=50)
    models = calibrating.models_name(SMALL, service.reader)
    replace(own, models=models).write(calibrating.path(service.settings.data))
    first, shipped = service.index.version, Calibration.shipped()
    assert service.answerer.decision.calibration == shipped
    service.activate(rebuild_with(service, SMALL).version)
    assert service.answerer.decision.calibration == replace(own, models=models)
    service.activate(first)
    assert service.answerer.decision.calibration == shipped


def test_a_broken_calibration_is_told_at_the_switch(admin: TestClient, service: Service) -> None:
    """The old version answers on."""
    before = service.index.version
    built = rebuild_with(service, SMALL).version
    storage.activate(service.settings.data, before)
    calibrating.path(service.settings.data).write_text("{}", "utf-8")
    response = admin.post(f"/api/versions/{built}/activate")
    assert response.status_code == 503
    assert response.json()["type"] == "/docs#calibration-unreadable"
    assert storage.current_version(service.settings.data) == before


def test_the_gate_asks_each_version_with_its_own_model(
    service: Service, segmenter: Segmenter
) -> None:
    """At the terminal, too, where nothing is loaded yet."""
    new = Index("", service.index.contents, SMALL, segmenter)
    settings = service.settings.model_copy(update={"reader": "rules"})
    old, other = wiring.answerers(settings, new, load_fake_encoder)
    assert (old.index.version, old.index.encoder.name) == (service.index.version, "bigrams-256")
    assert (other.index, other.reader.name) == (new, old.reader.name)


def test_at_start_the_current_version_names_the_model(service: Service, tmp_path: Path) -> None:
    """The settings win; without an index it is the shipped one."""
    asked: list[str | None] = []

    def load(name: str | None) -> Encoder:
        asked.append(name)
        return BigramEncoder()

    for settings in (
        service.settings,
        service.settings.model_copy(update={"model": "another"}),
        Settings(data=tmp_path / "nothing"),
    ):
        encoders.at_start(settings, load)
    assert asked == ["bigrams-256", "another", None]


def test_a_model_that_is_gone_is_told_with_the_way_out(service: Service) -> None:
    """At start, where no old version could answer on."""
    rebuild_with(service, ContraryEncoder())
    with pytest.raises(ModelUnreadable, match=f"wenju rebuild --model {SHIPPED_NAME} --data"):
        encoders.at_start(service.settings, load_fake_encoder)


def test_another_model_than_the_index_s_is_refused_with_the_command(service: Service) -> None:
    """Given on purpose, it needs a rebuild."""
    models = replace(service.models, encoder=SMALL)
    with pytest.raises(IndexMismatch, match=f"wenju rebuild --model {SMALL.name} --data"):
        Service.open(service.settings, models)
