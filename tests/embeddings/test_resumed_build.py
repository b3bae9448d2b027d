"""What a rebuild need not do again: texts that come back, and what a stopped one had done."""

from pathlib import Path

import pytest

from corpus.text import Segmenter
from embeddings.build import rebuild
from embeddings.types import Progress, Stage
from tests.embeddings.test_build import current
from tests.fakes import BigramEncoder


class Stopped(Exception):
    """What a test stops a rebuild with."""


class StopAt:
    """Raises at the first progress of a stage that has come to `done`."""

    def __init__(self, stage: Stage, done: int) -> None:
        self.stage, self.done = stage, done

    def __call__(self, progress: Progress) -> None:
        """Raise where it is time."""
        if progress.stage == self.stage and progress.done >= self.done:
            raise Stopped


def test_what_comes_back_is_not_encoded_again(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A text that left with the second version and is back in the third costs nothing."""
    path = corpus_folder / "river.md"
    text = path.read_text("utf-8")
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path.write_text(text.replace("96万元", "108万元"), "utf-8")
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path.write_text(text, "utf-8")
    encoder = BigramEncoder()
    report = rebuild(corpus_folder, data, encoder, segmenter)
    assert report.encoded == encoder.encoded == 0
    assert "96万元" in current(data, segmenter).search("监测站预算", k=1)[0].passage.text


def test_an_encoder_that_comes_back_encodes_nothing_again(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """Another encoder's version in between takes nothing away."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    rebuild(corpus_folder, data, BigramEncoder(dimensions=64), segmenter)
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert report.encoded == 0
    assert current(data, segmenter).version == report.version


def test_a_damaged_version_among_sound_ones_is_passed_over(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """An older version gives what the damaged current one cannot."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    path = corpus_folder / "river.md"
    path.write_text(path.read_text("utf-8").replace("96万元", "108万元"), "utf-8")
    second = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    (data / "versions" / second.version / "plain.faiss").write_bytes(b"damage")
    third = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert third.encoded == second.encoded == 2
    assert current(data, segmenter).version == third.version


@pytest.mark.parametrize("stage", ["read", "encode", "words", "write"])
def test_a_stopped_rebuild_leaves_the_old_version_serving(
    corpus_folder: Path, data: Path, segmenter: Segmenter, stage: Stage
) -> None:
    """Wherever it is stopped, up to the switch itself, the old version answers as before."""
    rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    before = current(data, segmenter).search("讲座", k=5)
    (corpus_folder / "new.txt").write_text("新报告\n一、讲座\n讲座改为线上。", "utf-8")
    with pytest.raises(Stopped):
        rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=StopAt(stage, 1))
    assert current(data, segmenter).search("讲座", k=5) == before
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert report.documents == 4
    assert current(data, segmenter).version == report.version


def test_a_stopped_rebuild_is_continued(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """What was encoded before the stop is not encoded again, and not kept for ever."""
    with pytest.raises(Stopped):
        rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=StopAt("words", 1))
    encoder = BigramEncoder()
    report = rebuild(corpus_folder, data, encoder, segmenter)
    assert report.encoded == encoder.encoded == 0
    assert report.reused > 0
    assert not (data / "encoded").exists()


def test_another_encoders_stopped_rebuild_is_continued_too(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """What was encoded before the stop outlives a rebuild with another encoder."""
    with pytest.raises(Stopped):
        rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=StopAt("words", 1))
    rebuild(corpus_folder, data, BigramEncoder(dimensions=64), segmenter)
    assert rebuild(corpus_folder, data, BigramEncoder(), segmenter).encoded == 0
    assert not (data / "encoded").exists()


def test_damage_to_what_a_stopped_rebuild_kept_is_seen(
    corpus_folder: Path, data: Path, segmenter: Segmenter
) -> None:
    """A part cut short by the kill is encoded again."""
    with pytest.raises(Stopped):
        rebuild(corpus_folder, data, BigramEncoder(), segmenter, on_progress=StopAt("words", 1))
    (part,) = (data / "encoded").rglob("*.npz")
    part.write_bytes(part.read_bytes()[:-1])
    report = rebuild(corpus_folder, data, BigramEncoder(), segmenter)
    assert report.reused == 0
