"""What the doctor finds in a data folder, and what it mends."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.text import Segmenter
from embeddings import doctor, reuse, storage
from embeddings.build import RebuildRunning
from embeddings.files import LAYOUT
from embeddings.texts import key
from embeddings.types import Encoder, ModelUnreadable
from tests.embeddings.test_storage import contents, data, flip_a_bit, folder_of, truncate
from tests.fakes import BigramEncoder, load_fake_encoder

__all__ = ["data"]  # the fixture


def encoder_of(version: str) -> Encoder:
    """The encoder of every version, but for those whose model is gone."""
    return BigramEncoder()


def names(data: Path) -> tuple[str, str]:
    """The current version and the older one."""
    newest, older = storage.version_names(data)
    return newest, older


def test_the_doctor_finds_nothing_in_a_sound_index(data: Path) -> None:
    """No faults where there are none."""
    assert doctor.check(data, BigramEncoder()) == []


def test_the_doctor_names_each_fault_and_its_remedy(data: Path) -> None:
    """Damage to the current version and to an older one are told apart."""
    newest, older = (summary.version for summary in storage.versions(data))
    truncate(folder_of(data, newest) / LAYOUT.words)
    (folder_of(data, older) / LAYOUT.manifest).unlink()
    serving, spare = doctor.check(data)
    assert LAYOUT.words in serving.problem
    assert "wenju rebuild --full" in serving.remedy
    assert LAYOUT.manifest in spare.problem
    assert spare.remedy == f"rm -r {folder_of(data, older)}"


def test_the_doctor_sees_pointer_and_encoder(data: Path) -> None:
    """A missing pointer and an index of another encoder are faults too."""
    (mismatch,) = doctor.check(data, BigramEncoder(dimensions=64))
    assert mismatch.remedy == f"wenju rebuild --model bigrams-64 --data {data}"
    newest = storage.current_version(data)
    (data / "CURRENT").unlink()
    (pointer,) = doctor.check(data)
    assert pointer.remedy == f"wenju activate {newest} --data {data}"


def write_other(path: Path) -> None:
    """Put a file of somebody else's where `path` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("notes")


@pytest.mark.parametrize(
    "place",
    ["notes.txt", "versions/notes.txt", "versions/{version}/notes.txt", "encoded/0123/notes.txt"],
)
def test_orphans_are_told_and_left_alone(data: Path, place: str) -> None:
    """What the product did not write is a person's to remove."""
    path = data / place.format(version=names(data)[0])
    write_other(path)
    (fault,) = doctor.check(data)
    assert fault.remedy == f"rm -r {path}"
    assert doctor.repair(data, encoder_of) == []
    assert path.exists()


def test_a_file_under_the_name_of_a_version_is_an_orphan(data: Path) -> None:
    """And in nobody's way."""
    write_other(data / "versions" / "29990101T000000Z-00000000")
    (fault,) = doctor.check(data)
    assert fault.remedy.startswith("rm -r ")
    assert len(storage.versions(data)) == 2


def test_files_of_other_layers_are_no_orphans(data: Path) -> None:
    """Who keeps them there says so."""
    write_other(data / "calibration.json")
    assert len(doctor.check(data)) == 1
    assert doctor.check(data, own=["calibration.json"]) == []


def leave_behind(data: Path) -> None:
    """All that kills can leave: a pointer, a version, and a part of the journal cut short."""
    (data / "CURRENT.next").touch()
    (data / f"CURRENT.{'0' * 32}").touch()
    write_other(data / "versions" / ".unfinished" / LAYOUT.plain)
    vectors = BigramEncoder().encode_passages(["一", "二"])
    for row in range(2):
        reuse.keep(data, "0123", np.array([key(str(row))]), vectors[row : row + 1])
    truncate(next((data / "encoded" / "0123").iterdir()))


def test_what_kills_left_is_told_and_removed(data: Path) -> None:
    """But for what the next rebuild continues from."""
    leave_behind(data)
    faults = doctor.check(data)
    assert len(faults) == 4
    assert {fault.remedy for fault in faults} == {f"wenju doctor --repair --data {data}"}
    assert len(doctor.repair(data, encoder_of)) == 4
    assert doctor.check(data) == []
    (part,) = reuse.from_killed_rebuild(data, "0123")
    ((_, vectors),) = part.blocks()
    assert np.linalg.norm(vectors) == pytest.approx(1)


def test_a_running_rebuild_is_left_alone(data: Path) -> None:
    """What it is writing is no leftover, and nothing is mended under it."""
    leave_behind(data)
    with (data / "rebuild.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert doctor.check(data) == []
        with pytest.raises(RebuildRunning):
            doctor.repair(data, encoder_of)


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
@pytest.mark.parametrize("name", [LAYOUT.manifest, LAYOUT.contextual])
def test_repair_falls_back_and_removes_the_damaged(
    data: Path, name: str, damage: Callable[[Path], None]
) -> None:
    """The older version serves then, and nothing is wrong any more."""
    newest, older = names(data)
    damage(folder_of(data, newest) / name)
    told = doctor.repair(data, encoder_of)
    assert storage.current_version(data) == older
    assert older in told[0]
    assert doctor.check(data, BigramEncoder()) == []
    assert storage.version_names(data) == [older]
    assert doctor.repair(data, encoder_of) == []


@pytest.mark.parametrize("content", [b"", b"20200101T000000Z-00000000\n", b"\xff\xfe", None])
def test_repair_of_a_pointer_to_nothing(data: Path, content: bytes | None) -> None:
    """Or of none: the newest sound version serves."""
    newest, older = names(data)
    (data / "CURRENT").unlink()
    if content is not None:
        (data / "CURRENT").write_bytes(content)
    truncate(folder_of(data, newest) / LAYOUT.words)
    doctor.repair(data, encoder_of)
    assert storage.current_version(data) == older
    assert doctor.check(data, BigramEncoder()) == []


def test_repair_keeps_to_the_model(data: Path, segmenter: Segmenter) -> None:
    """A version of the model that served goes before a newer one of another model."""
    newest, older = names(data)
    other = storage.save(data, contents(segmenter, figure="47"), BigramEncoder(dimensions=64))

    def of(version: str) -> Encoder:
        return load_fake_encoder(storage.built_with(data, version).name)

    truncate(folder_of(data, newest) / LAYOUT.words)
    doctor.repair(data, of)
    assert storage.current_version(data) == older
    assert storage.version_names(data) == [other, older]


def test_repair_passes_over_versions_whose_model_is_gone(data: Path, segmenter: Segmenter) -> None:
    """They are sound, so they stay."""
    newest, _ = names(data)
    gone = storage.save(data, contents(segmenter, figure="47"), BigramEncoder(dimensions=64))
    storage.activate(data, gone)

    def of(version: str) -> Encoder:
        if version == gone:
            raise ModelUnreadable("gone")
        return BigramEncoder()

    doctor.repair(data, of)
    assert storage.current_version(data) == newest
    assert gone in storage.version_names(data)


def test_repair_with_nothing_sound_removes_no_version(data: Path) -> None:
    """A person may want to look at them; a rebuild puts it right."""
    for version in names(data):
        truncate(folder_of(data, version) / LAYOUT.words)
    assert doctor.repair(data, encoder_of) == []
    assert len(storage.version_names(data)) == 2
    assert any("wenju rebuild --full" in fault.remedy for fault in doctor.check(data))


def test_repair_of_no_folder_makes_none(tmp_path: Path) -> None:
    """The check says to build an index."""
    assert doctor.repair(tmp_path / "nothing", encoder_of) == []
    assert not (tmp_path / "nothing").exists()
    (fault,) = doctor.check(tmp_path / "nothing")
    assert "wenju rebuild" in fault.remedy
