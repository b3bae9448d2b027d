"""The quality gate around rebuilds: over HTTP, at the terminal, and without a question file."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import rebuild_command
from api.gating import Gating
from api.settings import GOLDEN, SAMPLES, Settings
from api.wiring import Service
from corpus.loader import load
from corpus.text import Segmenter
from embeddings import storage
from embeddings.build import RebuildRefused
from embeddings.types import Encoder, FloatArray
from qa.evaluation import UnreadableQuestions, read_questions
from tests.api.conftest import client_of
from tests.api.test_documents import REPORT, file, settled
from tests.fakes import BigramEncoder, ContraryEncoder
from tests.serving import open_test_service

QUESTIONS = [
    ("2024年全年举办讲座多少场？", "46场", "全年举办讲座46场。", "north-2024.txt"),
    ("2025年全年举办讲座多少场？", "52场", "全年举办讲座52场。", "north-2025.txt"),
    ("氨氮浓度为多少毫克每升？", "0.42毫克", "氨氮浓度为0.42毫克每升，低于限值。", "river.md"),
    ("更换书架多少组？", "210组", "更换书架210组，新增自助借还机4台。", "north-2024.txt"),
]


class HeldAtTheSecondQuestion(BigramEncoder):
    """An encoder that stops at the second question until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asking, self.go_on = threading.Event(), threading.Event()
        self._asked = 0

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return the same rows, when it may."""
        self._asked += 1
        if self._asked == 2:
            self.asking.set()
            self.go_on.wait()
        return super().encode_questions(texts)

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return the same rows, at once."""
        return BigramEncoder().encode_passages(texts, on_batch)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A file of questions that the small corpus answers."""
    path = tmp_path / "gold.jsonl"
    rows = [
        {"id": str(n), "question": asked, "type": "number", "answers": [a], "evidence": e, "doc": d}
        for n, (asked, a, e, d) in enumerate(QUESTIONS)
    ]
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def settings(corpus_folder: Path, tmp_path: Path, gold: Path) -> Settings:
    """Settings that name the question file, and the reader that needs no model."""
    return Settings(
        corpus=corpus_folder, data=tmp_path / "data", gate=gold, reader="rules", max_error=0.9
    )


@pytest.fixture
def gated(settings: Settings, segmenter: Segmenter) -> Iterator[Service]:
    """A service whose rebuilds are checked."""
    service = open_test_service(settings, segmenter)
    yield service
    service.close()


@pytest.fixture
def client(gated: Service) -> Iterator[TestClient]:
    """An operator's client of it."""
    with client_of(gated) as running:
        yield running


def use(service: Service, encoder: Encoder) -> None:
    """Have the next rebuild made with another encoder."""
    service.models = replace(service.models, encoder=encoder)


def names(settings: Settings) -> list[str]:
    """The versions on disk."""
    return [version.version for version in storage.versions(settings.data)]


def test_a_worse_model_is_refused_and_never_serves(client: TestClient, gated: Service) -> None:
    """The lost questions are told, nothing of it is on disk as a version, the old one answers."""
    before = names(gated.settings)
    use(gated, ContraryEncoder())
    client.post("/api/rebuild")
    job = settled(client)
    assert job["state"] == "failed"
    assert "--force" in job["error"]
    assert job["report"]["gate"]["losses"]
    assert job["report"]["version"] == gated.index.version
    assert names(gated.settings) == before == [storage.current_version(gated.settings.data)]


def test_force_switches_all_the_same_and_encodes_nothing_twice(
    client: TestClient, gated: Service
) -> None:
    """What was encoded for the refused version has been kept."""
    worse = ContraryEncoder()
    use(gated, worse)
    client.post("/api/rebuild")
    settled(client)
    encoded = worse.encoded
    assert encoded > 0
    client.post("/api/rebuild?force=true")
    report = settled(client)["report"]
    assert worse.encoded == encoded
    assert report["encoded"] == 0
    assert "force" in report["gate"]["skipped"]


def test_what_passes_is_reported(client: TestClient, gated: Service) -> None:
    """Scores, questions asked and those left out, for their report has gone."""
    client.delete("/api/documents/river")
    job = settled(client)
    assert job["state"] == "succeeded"
    checked = job["report"]["gate"]
    assert (checked["questions"], checked["left_out"], checked["skipped"]) == (3, 1, "")
    assert checked["old"] == checked["new"] > 0.5
    assert checked["margin"] == 0.02
    assert gated.index.version == job["report"]["version"]


def test_nothing_changed_asks_nothing(client: TestClient) -> None:
    """The version stays, so there is nothing to check."""
    client.post("/api/rebuild")
    assert settled(client)["report"]["gate"] is None


def test_the_stage_is_told_and_can_be_cancelled(client: TestClient, gated: Service) -> None:
    """Cancelled while questions are asked, the old version stays."""
    before = gated.index.version
    held = HeldAtTheSecondQuestion()
    use(gated, held)
    client.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.asking.wait()
    job = client.get("/api/rebuild").json()
    assert (job["stage"], job["done"], job["total"]) == ("check", 1, len(QUESTIONS))
    client.delete("/api/rebuild")
    held.go_on.set()
    assert settled(client)["state"] == "cancelled"
    assert gated.index.version == before


def test_a_question_file_that_cannot_be_read_fails_before_anything_is_encoded(
    client: TestClient, gated: Service, gold: Path
) -> None:
    """The line is named."""
    gold.write_text("no question\n", "utf-8")
    encoder = BigramEncoder()
    use(gated, encoder)
    client.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    job = settled(client)
    assert job["state"] == "failed"
    assert str(gold) in job["error"]
    assert encoder.encoded == 0


def test_the_command_lists_the_lost_questions_and_fails(
    settings: Settings, segmenter: Segmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    """Then one line says why; forced, it switches."""
    rebuild_command.show_rebuild(settings, BigramEncoder(), segmenter)
    assert "没有可比的旧索引" in capsys.readouterr().out
    first = storage.current_version(settings.data)
    report = settings.corpus / "north-2024.txt"
    report.write_text(report.read_text("utf-8").replace("46场", "47场"), "utf-8")
    with pytest.raises(RebuildRefused) as refused:
        rebuild_command.show_rebuild(settings, BigramEncoder(), segmenter)
    assert "变差 / worse：" in capsys.readouterr().out
    assert len(str(refused.value).splitlines()) == 1
    assert storage.current_version(settings.data) == first
    rebuild_command.show_rebuild(settings, BigramEncoder(), segmenter, force=True)
    assert storage.current_version(settings.data) != first


def test_own_reports_have_no_questions_by_default(
    corpus_folder: Path, tmp_path: Path, segmenter: Segmenter, capsys: pytest.CaptureFixture[str]
) -> None:
    """The rebuild switches, and the report says that nothing was asked."""
    settings = Settings(corpus=corpus_folder, data=tmp_path / "data")
    rebuild_command.show_rebuild(settings, BigramEncoder(), segmenter)
    (corpus_folder / "river.md").unlink()
    rebuild_command.show_rebuild(settings, BigramEncoder(), segmenter)
    assert "WENJU_GATE" in capsys.readouterr().out


def test_a_missing_question_file_is_told(tmp_path: Path) -> None:
    """Before a rebuild begins."""
    gating = Gating(Settings(gate=tmp_path / "none.jsonl"))
    with pytest.raises(UnreadableQuestions, match=r"none\.jsonl"):
        gating.check(lambda new: pytest.fail("nothing to ask"), force=False)


def test_the_golden_questions_are_no_report() -> None:
    """They lie beside the sample reports, and the loader does not see them."""
    assert GOLDEN.parent == SAMPLES.parent
    assert read_questions(GOLDEN)
    assert load(SAMPLES).skipped == ()
