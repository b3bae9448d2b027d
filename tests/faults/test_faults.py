"""Faults that operators meet: each is told with what to do, and the old version answers on."""

from dataclasses import replace
from pathlib import Path

import pytest

from api import wiring
from api.wiring import Service
from embeddings import doctor, storage
from embeddings.files import LAYOUT
from embeddings.model_folder import SHIPPED_NAME, ModelFolder
from embeddings.types import BuildReport, Encoder, ModelUnreadable
from embeddings.versions import IndexDamaged
from tests.fakes import BigramEncoder
from tests.faults import disks
from tests.faults.conftest import Operate, Operator

FILES = [getattr(LAYOUT, name) for name in LAYOUT.__slots__]


def add_report(operator: Operator) -> None:
    """Put another report into the corpus folder."""
    text = "西区2024年工作报告\n一、绿化\n" + "".join(f"新建公园{n}座。" for n in range(400))
    (operator.settings.corpus / "west.txt").write_text(text, "utf-8")


def rebuild_elsewhere(operator: Operator, encoder: Encoder | None = None) -> BuildReport:
    """Rebuild as another process does."""
    models = operator.service.models
    models = replace(models, encoder=encoder or models.encoder)
    return wiring.rebuild(operator.settings, models, on_progress=lambda progress: None)


@pytest.mark.parametrize("free", [0, 64 << 10, 1 << 20])
def test_a_full_disk(operate: Operate, tmp_path: Path, free: int) -> None:
    """Whether journal or version no longer fits; what was begun gives its space back."""
    with disks.small_disk(tmp_path / "disk") as leaving:
        operator = operate(tmp_path / "disk" / "data")
        add_report(operator)
        with leaving(free):
            assert "磁盘已满，请腾出空间" in operator.rebuild_fails()
            operator.nothing_has_changed()
            assert not (operator.settings.data / "versions" / ".unfinished").exists()
        operator.rebuild_succeeds()


def test_a_data_folder_that_cannot_be_written(operator: Operator) -> None:
    """Rebuilding and activating are refused, everything that reads goes on."""
    add_report(operator)
    data = operator.settings.data
    current = storage.current_version(data)
    with disks.read_only(data):
        if not disks.refuses_writing(data):
            pytest.skip("root may write here, and may not mount")
        assert "请检查文件夹的所有者、权限" in operator.rebuild_fails()
        response = operator.client.post(f"/api/versions/{current}/activate")
        assert response.json()["type"] == "/docs#disk-failed"
        assert "权限" in response.json()["detail"]
        operator.nothing_has_changed()
        assert doctor.check(data, operator.service.index.encoder) == []
    operator.rebuild_succeeds()


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit(operator: Operator, name: str) -> None:
    """In a file of a version that another process built: it is not switched to."""
    old = storage.current_version(operator.settings.data)
    add_report(operator)
    new = rebuild_elsewhere(operator).version
    path = operator.settings.data / "versions" / new / name
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 4
    path.write_bytes(content)
    with pytest.raises(IndexDamaged, match=name) as caught:
        operator.service.refresh()
    assert f"wenju activate {old}" in caught.value.remedy
    assert operator.client.post(f"/api/versions/{new}/activate").status_code == 409
    storage.activate(operator.settings.data, old)
    operator.nothing_has_changed()
    operator.rebuild_succeeds()


def load_from_folder(name: str | None) -> Encoder:
    """Return a fake for a model that is really there; ModelUnreadable as the real loader."""
    folder = ModelFolder.find(name)
    encoder = BigramEncoder(64)
    encoder.name, encoder.fingerprint = folder.name, folder.fingerprint()
    return encoder


def test_a_deleted_model_folder(operator: Operator, tmp_path: Path) -> None:
    """A version whose model has gone is not switched to; a service that has it loaded goes on."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "modules.json").write_text("[]", "utf-8")
    new = rebuild_elsewhere(operator, load_from_folder(str(model))).version
    (model / "modules.json").unlink()
    model.rmdir()
    service = operator.service
    service.models = replace(service.models, load_encoder=load_from_folder)
    with pytest.raises(ModelUnreadable, match=f"wenju rebuild --model {SHIPPED_NAME}") as caught:
        service.refresh()
    assert str(model) in str(caught.value)
    old = service.index.version
    assert old != new
    storage.activate(operator.settings.data, old)
    operator.nothing_has_changed()
    operator.rebuild_succeeds()


def test_a_corpus_folder_that_is_gone(operator: Operator) -> None:
    """The path is named, and nothing is taken for removed; back again, all goes on."""
    corpus = operator.settings.corpus
    away = corpus.rename(corpus.with_name("away"))
    told = operator.rebuild_fails()
    assert str(corpus) in told
    assert "--corpus" in told
    operator.nothing_has_changed()
    away.rename(corpus)
    operator.rebuild_succeeds()
    operator.nothing_has_changed()


def test_a_clock_set_back(operator: Operator) -> None:
    """What was built under a clock years ahead neither hides new versions nor outlives them."""
    data = operator.settings.data
    current = storage.current_version(data)
    ahead = f"2999{current[4:]}"
    (data / "versions" / current).rename(data / "versions" / ahead)
    storage.activate(data, ahead)
    operator.service.refresh()
    add_report(operator)
    operator.rebuild_succeeds()
    newest = storage.versions(data)[0]
    assert newest.current
    assert newest.version == operator.service.index.version > ahead
    assert Service.open(operator.settings, operator.service.models).index.version == newest.version
