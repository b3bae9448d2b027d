"""Rebuilding: what is encoded and what is not, and that nothing is lost when it fails."""

import itertools
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.loader import CorpusEmpty, CorpusMissing
from corpus.text import Segmenter
from corpus.types import Span
from embeddings import storage
from embeddings.build import Options, RebuildRunning, rebuild
from embeddings.files import LAYOUT, Manifest, write
from embeddings.index import Index
from embeddings.texts import sentence_texts
from embeddings.types import Progress
from tests.fakes import BigramEncoder, make_passage


def current(data: Path, segmenter: Segmenter) -> Index:
    """The index that serves."""
    return storage.open_index(data, BigramEncoder(), segmenter)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, the lock and what was encoded left out."""
    kept = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in kept
        if path.name != "rebuild.lock" and "encoded" not in path.parts
    }


def files_of(data: Path) -> dict[str, bytes]:
    """The files of the version that serves but its manifest, which has the time in it."""
    files = snapshot(data / "versions" / storage.current_version(data))
    return {name: content for name, content in files.items() if name != LAYOUT.manifest}


def test_a_first_rebuild_serves_every_report(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """After one rebuild the reports are found, and the counts are those of the index."""
    encoder = BigramEncoder()
    report = rebuild(corpus_folder, data, encoder, segmenter)
    index = current(data, segmenter)
    assert index.version == report.version
    assert (report.documents, report.passages) == (3, len(index.passages))
    assert report.sentences == len(index.contents.sentences)
    assert (report.encoded, report.reused) == (encoder.encoded, 0)
    best = index.search("自动监测站的预算是多少", k=1)[0]
    assert "96万元" in best.passage.text[slice(*best.sentence)]


def test_nothing_changed_encodes_nothing(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A second rebuild keeps the version and leaves every file as it is."""
    first = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    before, encoder = snapshot(data), BigramEncoder()
    second = rebuild(corpus_folder, data, encoder, segmenter)
    assert (second.version, second.encoded, encoder.encoded) == (first.version, 0, 0)
    assert second.reused == first.encoded
    assert snapshot(data) == before


def test_one_changed_paragraph_encodes_only_its_sentences(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A changed sentence costs its two texts, alone and in context."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path = corpus_folder / "river.md"
    path.write_text(path.read_text("utf-8").replace("96万元", "108万元"), "utf-8")
    encoder = BigramEncoder()
    report = rebuild(corpus_folder, data, encoder, segmenter)
    assert report.encoded == encoder.encoded == 2
    assert "108万元" in current(data, segmenter).search("监测站预算", k=1)[0].passage.text


def test_a_reused_index_is_the_same_as_a_full_one(
    corpus_folder: Path, data: Path, tmp_path: Path, segmenter: Segmenter
) -> None:
    """Vectors and postings put together from old and new ones are those of a fresh index."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path = corpus_folder / "river.md"
    path.write_text(path.read_text("utf-8").replace("96万元", "108万元"), "utf-8")
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    rebuild(corpus_folder, tmp_path / "fresh", BigramEncoder(), segmenter)
    assert files_of(data) == files_of(tmp_path / "fresh")


@pytest.mark.parametrize("seed", range(4))
def test_any_changes_give_what_a_fresh_index_holds(
    corpus_folder: Path, data: Path, tmp_path: Path, segmenter: Segmenter, seed: int
) -> None:
    """Lines that go, come twice or move, files that go, come back or take another's name."""
    source = random.Random(seed)
    gone: dict[Path, str] = {}
    for _ in range(6):
        path = source.choice(sorted(corpus_folder.iterdir()))
        lines = path.read_text("utf-8").splitlines()
        place = source.randrange(len(lines))
        match source.choice(["drop", "twice", "move", "rename", "remove", "restore"]):
            case "drop" if len(lines) > 3:
                del lines[place]
            case "twice":
                lines.insert(source.randrange(len(lines)), lines[place])
            case "move":
                lines.append(lines.pop(place))
            case "rename":
                path = path.rename(path.with_name(f"{source.randrange(99):02d}.md"))
            case "remove" if len(list(corpus_folder.iterdir())) > 1:
                gone[path] = path.read_text("utf-8")
                path.unlink()
                continue
            case "restore" if gone:
                path, text = gone.popitem()
                lines = text.splitlines()
        path.write_text("\n".join(lines), "utf-8")
        rebuild(corpus_folder, data, BigramEncoder(), segmenter)
        shutil.rmtree(tmp_path / "fresh", ignore_errors=True)
        rebuild(corpus_folder, tmp_path / "fresh", BigramEncoder(), segmenter)
        assert files_of(data) == files_of(tmp_path / "fresh")


def test_what_other_rules_cut_is_cut_again(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A version of a program that cuts otherwise gives its vectors and nothing else."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    before = files_of(data)
    folder = data / "versions" / storage.current_version(data)
    manifest = Manifest.from_bytes((folder / LAYOUT.manifest).read_bytes())
    stored = write(folder / LAYOUT.manifest, replace(manifest, rules="other").to_bytes())
    older = folder.rename(folder.with_name(f"{folder.name[:-8]}{stored.sha256[:8]}"))
    storage.activate(data, older.name)
    told: list[Progress] = []
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=told.append)
    assert report.encoded == 0
    assert report.version != older.name
    assert files_of(data) == before
    words = [step.total for step in told if step.stage == "words"]
    assert words == [report.passages] * report.passages


def test_only_passages_that_are_new_are_cut_into_words(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """One changed paragraph is one passage to cut."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path = corpus_folder / "river.md"
    path.write_text(path.read_text("utf-8").replace("96万元", "108万元"), "utf-8")
    told: list[Progress] = []
    rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=told.append)
    assert [step.total for step in told if step.stage == "words"] == [1]


def test_a_removed_report_leaves_no_trace(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """What is no longer in the folder is no longer found, nor anywhere in the version."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    (corpus_folder / "river.md").unlink()
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert (report.documents, report.encoded) == (2, 0)
    hits = current(data, segmenter).search("氨氮浓度", k=100)
    assert {hit.passage.document.id for hit in hits} == {"north-2024", "north-2025"}
    files = snapshot(data / "versions" / report.version).values()
    assert not any("氨氮".encode() in content for content in files)


def test_the_same_paragraph_in_two_reports_stays_two_passages(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A copy of a report is encoded no second time where its texts are the same, yet found."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    (corpus_folder / "river-copy.md").write_bytes((corpus_folder / "river.md").read_bytes())
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert report.encoded == 0
    first, second = current(data, segmenter).search("氨氮浓度是多少", k=2)
    assert first.passage.text == second.passage.text
    assert {first.passage.document.id, second.passage.document.id} == {"river", "river-copy"}


def test_a_full_rebuild_encodes_everything(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """`full` takes nothing from the old version, and makes a new one."""
    first = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    second = rebuild(corpus_folder, data, BigramEncoder(), segmenter, Options(full=True))
    assert (second.encoded, second.reused) == (first.encoded, 0)
    assert second.version > first.version


def test_another_encoder_takes_nothing_over(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """An index of another encoder is replaced, not refused."""
    first = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    encoder = BigramEncoder(dimensions=64)
    second = rebuild(corpus_folder, data, encoder, segmenter)
    assert second.encoded == encoder.encoded == first.encoded
    assert storage.open_index(data, encoder, segmenter).version == second.version


@pytest.mark.parametrize("name", ["plain.faiss", "manifest.json", "keys.npy"])
def test_a_damaged_version_is_rebuilt(
    corpus_folder: Path, data: Path, segmenter: Segmenter, name: str
) -> None:
    """Nothing is taken from a version that is not sound; the next one is."""
    first = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    (data / "versions" / first.version / name).write_bytes(b"damage")
    second = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert second.encoded == first.encoded
    assert current(data, segmenter).version == second.version


HOLD_LOCK = """
import fcntl, pathlib, sys, time
lock = pathlib.Path(sys.argv[1], "rebuild.lock").open("w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_one_rebuild_at_a_time(corpus_folder: Path, data: Path, segmenter: Segmenter) -> None:
    """A rebuild is refused while another process has the lock, and a killed one has it no more."""
    data.mkdir()
    command = [sys.executable, "-c", HOLD_LOCK, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(RebuildRunning):
            rebuild(corpus_folder, data, BigramEncoder(), segmenter)
        other.kill()
    assert rebuild(corpus_folder, data, BigramEncoder(), segmenter).documents == 3


def test_a_corpus_that_is_gone_leaves_the_index(
    corpus_folder: Path, data: Path, tmp_path: Path, segmenter: Segmenter
) -> None:
    """A missing or an empty folder is an error, never an empty index."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    before = snapshot(data)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusEmpty):
        rebuild(tmp_path / "empty", data, BigramEncoder(), segmenter)
    with pytest.raises(CorpusMissing):
        rebuild(tmp_path / "nowhere", data, BigramEncoder(), segmenter)
    assert snapshot(data) == before


def test_old_versions_are_removed(corpus_folder: Path, data: Path, segmenter: Segmenter) -> None:
    """As many versions stay as are to be kept, three unless told; the newest serves."""
    made = [
        rebuild(corpus_folder, data, BigramEncoder(), segmenter, Options(full=True)).version
        for _ in range(5)
    ]
    assert [summary.version for summary in storage.versions(data)] == made[:1:-1]
    rebuild(corpus_folder, data, BigramEncoder(), segmenter, Options(keep_versions=1))
    assert [summary.version for summary in storage.versions(data)] == made[-1:]


def test_progress_moves_with_every_batch(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """The stages come in order, each rises to its total, and encoding moves by batches."""
    told: list[Progress] = []
    report = rebuild(
        corpus_folder, data, BigramEncoder(batch=4), segmenter, on_progress=told.append
    )
    stages = {
        stage: list(steps) for stage, steps in itertools.groupby(told, lambda step: step.stage)
    }
    assert list(stages) == ["read", "encode", "words", "write"]
    for steps in stages.values():
        counts = [step.done for step in steps]
        assert counts == sorted(counts)
        assert counts[-1] == steps[-1].total
    assert stages["encode"][-1].total == report.encoded
    assert len(stages["encode"]) == -(-report.encoded // 4)


def test_the_texts_of_a_sentence() -> None:
    """Alone it is normalised; in context it follows title and headings."""
    passage = make_passage("全年５２場。完。", headings=("一、活動", "（一）講座"), title="年報")
    alone, in_context = sentence_texts(passage, Span(0, 6))
    assert alone == "全年52场。"
    assert in_context == "年报 一、活动 (一)讲座 全年52场。"
