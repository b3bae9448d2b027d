"""Versions on disk: round trip, damage of every kind, the pointer, and what the doctor says."""

import fcntl
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from corpus.text import Segmenter
from embeddings import doctor, storage
from embeddings.files import LAYOUT, Manifest, StoredFile, write
from embeddings.index import Contents, Index
from embeddings.versions import IndexDamaged, IndexMismatch, IndexMissing
from tests.fakes import BigramEncoder, make_contents, make_passage

QUESTIONS = ("讲座由谁主持", "氨氮浓度", "2024年", "没有任何关系的问题")
FILES = (
    LAYOUT.manifest,
    LAYOUT.documents,
    LAYOUT.passages,
    LAYOUT.sentences,
    LAYOUT.keys,
    LAYOUT.plain,
    LAYOUT.contextual,
    LAYOUT.words,
    LAYOUT.bigrams,
)


def contents(segmenter: Segmenter, figure: str = "46") -> Contents:
    """Two passages, with characters that end a line for some and not for others."""
    passages = (
        make_passage(
            f"全年举办讲座{figure}场。由陈立群主持。", id="north-1", headings=("一、活动",)
        ),
        make_passage("氨氮浓度为0.42\u2028毫克每升。\x85水质\n达标“”𠮷。", id="river-1"),
    )
    return make_contents(passages, BigramEncoder(), segmenter)


@pytest.fixture
def data(tmp_path: Path, segmenter: Segmenter) -> Path:
    """A data folder with an older version and a current one."""
    folder = tmp_path / "data"
    storage.save(folder, contents(segmenter, figure="45"), BigramEncoder())
    storage.activate(folder, storage.save(folder, contents(segmenter), BigramEncoder()))
    return folder


def folder_of(data: Path, version: str) -> Path:
    """Where a version lies."""
    return data / "versions" / version


def truncate(path: Path) -> None:
    """Cut a file in the middle."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip_a_bit(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_round_trip_gives_identical_hits(data: Path, segmenter: Segmenter) -> None:
    """An index read from disk answers exactly as the one that was saved."""
    encoder = BigramEncoder()
    opened = storage.open_index(data, encoder, segmenter)
    saved = Index(opened.version, contents(segmenter), encoder, segmenter)
    assert opened.passages == saved.passages
    assert opened.documents == saved.documents
    assert [p.text for p in opened.passages] == [p.text for p in saved.passages]
    for question in QUESTIONS:
        assert opened.search(question, k=5) == saved.search(question, k=5)


def test_versions_are_listed_newest_first(data: Path) -> None:
    """Each version is told of with its counts, and one is the current one."""
    newest, older = storage.versions(data)
    assert (newest.current, older.current) == (True, False)
    assert newest.version == storage.current_version(data) > older.version
    assert (newest.documents, newest.passages, newest.sentences) == (2, 2, 6)
    assert newest.encoder == BigramEncoder().name


def test_activating_goes_back_to_an_older_version(data: Path, segmenter: Segmenter) -> None:
    """The pointer moves, and the older contents serve."""
    older = storage.versions(data)[1].version
    storage.activate(data, older)
    index = storage.open_index(data, BigramEncoder(), segmenter)
    assert index.version == older
    assert "45场" in index.passages[0].text


def test_a_version_can_be_opened_by_name(data: Path, segmenter: Segmenter) -> None:
    """Another than the current one opens without being activated."""
    older = storage.versions(data)[1].version
    assert storage.open_index(data, BigramEncoder(), segmenter, older).version == older


@pytest.mark.parametrize("name", ["20200101T000000Z-00000000", "../..", "", "/etc"])
def test_an_unknown_version_is_refused(data: Path, segmenter: Segmenter, name: str) -> None:
    """A name that is no version opens nothing and changes no pointer."""
    before = storage.current_version(data)
    with pytest.raises(IndexMissing, match="wenju versions"):
        storage.open_index(data, BigramEncoder(), segmenter, name)
    with pytest.raises(IndexMissing):
        storage.activate(data, name)
    assert storage.current_version(data) == before


def test_remedies_name_the_data_folder(tmp_path: Path) -> None:
    """Run as they stand they act on this folder, whatever its name."""
    folder = tmp_path / "my data; $HOME"
    with pytest.raises(IndexMissing) as none:
        storage.current_version(folder)
    with pytest.raises(IndexMissing) as unknown:
        storage.activate(folder, "nope")
    assert shlex.split(none.value.remedy) == ["wenju", "rebuild", "--data", str(folder)]
    assert shlex.split(unknown.value.remedy) == ["wenju", "versions", "--data", str(folder)]


def test_no_index_yet(tmp_path: Path, segmenter: Segmenter) -> None:
    """A data folder that is not there says which command makes one."""
    with pytest.raises(IndexMissing, match="wenju rebuild"):
        storage.open_index(tmp_path / "nothing", BigramEncoder(), segmenter)
    assert storage.versions(tmp_path / "nothing") == []


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
@pytest.mark.parametrize("name", FILES)
def test_damage_is_found(
    data: Path, segmenter: Segmenter, name: str, damage: Callable[[Path], None]
) -> None:
    """Any file truncated, changed by a bit or missing stops the opening, and names ways out."""
    newest, older = (summary.version for summary in storage.versions(data))
    damage(folder_of(data, newest) / name)
    with pytest.raises(IndexDamaged, match=name) as caught:
        storage.open_index(data, BigramEncoder(), segmenter)
    assert caught.value.remedy == (
        f"wenju rebuild --full --data {data} | wenju activate {older} --data {data}"
    )
    assert storage.current_version(data) == newest
    assert storage.open_index(data, BigramEncoder(), segmenter, older).version == older


def test_a_damaged_version_is_not_activated(data: Path) -> None:
    """Going back to a version that is broken fails, and the current one stays."""
    newest, older = (summary.version for summary in storage.versions(data))
    truncate(folder_of(data, older) / LAYOUT.plain)
    with pytest.raises(IndexDamaged):
        storage.activate(data, older)
    assert storage.current_version(data) == newest


@pytest.mark.parametrize("content", [b"", b"20200101T000000Z-00000000\n", b"\xff\xfe"])
def test_a_pointer_to_nothing_is_damage(data: Path, content: bytes) -> None:
    """A pointer that names no version says what to run."""
    (data / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="wenju activate"):
        storage.current_version(data)


def test_a_lost_pointer_names_the_newest_version(data: Path) -> None:
    """Without a pointer, the versions that are there can be activated."""
    newest = storage.current_version(data)
    (data / "CURRENT").unlink()
    with pytest.raises(IndexMissing, match=f"wenju activate {newest}"):
        storage.current_version(data)


def test_another_encoder_is_refused_before_it_encodes(data: Path, segmenter: Segmenter) -> None:
    """Vectors of two encoders do not compare: the index does not open, nothing is encoded."""
    other = BigramEncoder(dimensions=64)
    with pytest.raises(IndexMismatch, match="wenju rebuild") as caught:
        storage.open_index(data, other, segmenter)
    assert BigramEncoder().name in str(caught.value)
    assert other.name in str(caught.value)
    assert other.encoded == 0


def renamed_to_fit(folder: Path) -> str:
    """Give a version the name that its changed manifest asks for."""
    manifest = (folder / LAYOUT.manifest).read_bytes()
    name = f"{folder.name[:-8]}{StoredFile.of(manifest).sha256[:8]}"
    folder.rename(folder.with_name(name))
    return name


def test_another_format_is_refused(data: Path, segmenter: Segmenter) -> None:
    """A version of a later program, sound in itself, does not open."""
    folder = folder_of(data, storage.current_version(data))
    manifest = (folder / LAYOUT.manifest).read_bytes().replace(b'"format": 1', b'"format": 99')
    (folder / LAYOUT.manifest).write_bytes(manifest)
    version = renamed_to_fit(folder)
    with pytest.raises(IndexMismatch, match="99"):
        storage.open_index(data, BigramEncoder(), segmenter, version)


def test_a_file_of_the_wrong_kind_is_damage(data: Path, segmenter: Segmenter) -> None:
    """A file that has its hash, and yet cannot be read, is reported and not a crash."""
    folder = folder_of(data, storage.current_version(data))
    manifest = Manifest.from_bytes((folder / LAYOUT.manifest).read_bytes())
    foreign = write(folder / LAYOUT.plain, b"of another program")
    manifest = replace(manifest, files={**manifest.files, LAYOUT.plain: foreign})
    write(folder / LAYOUT.manifest, manifest.to_bytes())
    version = renamed_to_fit(folder)
    with pytest.raises(IndexDamaged, match="FAISS"):
        storage.open_index(data, BigramEncoder(), segmenter, version)
    assert any("FAISS" in fault.problem for fault in doctor.check(data))


def test_names_sort_by_age_even_when_the_clock_is_set_back(
    data: Path, segmenter: Segmenter
) -> None:
    """A version saved under an earlier clock than the newest still comes after it."""
    newest = storage.current_version(data)
    future = f"29990101T000000Z-{newest[-8:]}"
    folder_of(data, newest).rename(folder_of(data, future))
    saved = [storage.save(data, contents(segmenter), BigramEncoder()) for _ in range(2)]
    assert [future, *saved] == sorted({future, *saved})


def test_pruning_keeps_the_newest_and_the_current(data: Path, segmenter: Segmenter) -> None:
    """Old versions go, but never the one that serves."""
    older = storage.versions(data)[1].version
    storage.activate(data, older)
    newest = storage.save(data, contents(segmenter, figure="47"), BigramEncoder())
    storage.prune(data, keep=1)
    assert [summary.version for summary in storage.versions(data)] == [newest, older]


def test_what_a_kill_left_is_no_version(data: Path, segmenter: Segmenter) -> None:
    """An unfinished version is neither listed nor in the way of the next one."""
    unfinished = folder_of(data, ".unfinished")
    shutil.copytree(folder_of(data, storage.current_version(data)), unfinished)
    truncate(unfinished / LAYOUT.plain)
    assert len(storage.versions(data)) == 2
    storage.save(data, contents(segmenter), BigramEncoder())
    assert not unfinished.exists()


def test_what_a_killed_switch_wrote_is_written_over(data: Path) -> None:
    """It is no pointer yet, and goes with the next switch."""
    newest, older = (summary.version for summary in storage.versions(data))
    (data / "CURRENT.next").write_text(newest[:5])
    storage.activate(data, older)
    assert storage.current_version(data) == older
    assert not list(data.glob("CURRENT.*"))


def test_a_version_that_is_being_activated_is_not_removed(data: Path) -> None:
    """Another process may go back to an older version while a rebuild removes those."""
    older = storage.versions(data)[1].version
    pruning = Thread(target=storage.prune, args=(data, 1))
    with (data / "switch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pruning.start()
        (data / "CURRENT").write_text(older)
    pruning.join()
    assert storage.current_version(data) == older


def test_equal_contents_give_equal_files(data: Path, segmenter: Segmenter) -> None:
    """But for the manifest, which has the time in it."""
    newest = folder_of(data, storage.current_version(data))
    again = folder_of(data, storage.save(data, contents(segmenter), BigramEncoder()))
    for name in set(FILES) - {LAYOUT.manifest}:
        assert (again / name).read_bytes() == (newest / name).read_bytes()
