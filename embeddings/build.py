"""One rebuild: a folder of reports becomes a new version of the index, and then the current one.

Killed or cancelled at any point, the old version goes on serving, and the next rebuild continues
from what this one had encoded.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from corpus.loader import load
from corpus.splitter import split
from corpus.text import Segmenter, bigrams, normalize, sentences, trimmed
from corpus.types import Document, Passage, Span
from embeddings import reuse, storage
from embeddings.index import Contents
from embeddings.keywords import Keywords
from embeddings.reuse import Known
from embeddings.types import (
    BuildReport,
    Encoder,
    FloatArray,
    GateReport,
    IntArray,
    Progress,
    Stage,
)
from embeddings.vectors import FlatIndex
from embeddings.versions import IndexUnusable

_CHUNK = 128  # texts encoded between two writes to disk: the most that a kill can lose

OnProgress = Callable[[Progress], None]
Check = Callable[[Contents, OnProgress], GateReport]
"""What looks at a new version before anything of it is on disk."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """How to rebuild: `full` trusts nothing on disk and encodes everything into a new version.

    `check` sees a new version before it is written, and refuses it by what it returns: nothing of
    it is then kept but the vectors, for the next rebuild. In the end all but the `keep_versions`
    newest versions, and the one that serves, are removed.
    """

    full: bool = False
    keep_versions: int = 3  # the current one, and two to go back to
    check: Check | None = None


_USUAL = Options()


class RebuildRunning(Exception):
    """Another rebuild of the same data folder has not ended yet."""


class RebuildRefused(Exception):
    """The quality gate refused the new version; `report` has the questions that got worse."""

    def __init__(self, report: BuildReport, gate: GateReport) -> None:
        super().__init__(
            f"新索引没有启用：{gate.questions} 个问题的得分从 {gate.old:.4f} 降到 {gate.new:.4f}，"
            f"超过容许的 {gate.margin:g}。请看变差的问题；仍要启用，请带 --force 再重建一次，"
            "已编码的不会重来。"
            f" / The new version was refused: the score over {gate.questions} questions fell from"
            f" {gate.old:.4f} to {gate.new:.4f}, by more than {gate.margin:g}. Look at the"
            " questions that got worse; to switch all the same, rebuild again with --force, which"
            " encodes nothing twice."
        )
        self.report = report
        self.gate = gate


def rebuild(
    corpus_folder: Path,
    data_folder: Path,
    encoder: Encoder,
    segmenter: Segmenter,
    options: Options = _USUAL,
    *,
    on_progress: OnProgress = lambda progress: None,
) -> BuildReport:
    """Bring the index up to date with a folder of reports, and return what was done.

    Only texts that no sound version of this encoder holds are encoded; where nothing differs at
    all, the current version stays.

    `on_progress` is called after every batch, and what it raises stops the rebuild. CorpusMissing,
    CorpusEmpty, RebuildRunning and RebuildRefused leave the current version as it was.
    """
    started = time.perf_counter()
    with _sole_rebuild(data_folder):
        corpus = load(corpus_folder)
        draft = _draft(corpus.documents, on_progress)
        texts = draft.by_key()
        previous, known = (None, {}) if options.full else _known(data_folder, encoder)
        new = {key: text for key, text in texts.items() if key not in known}
        _encode(new, known, encoder, data_folder, on_progress)
        contents = _contents(draft, known, encoder, segmenter, on_progress)
        stays = previous is not None and storage.holds(data_folder, previous, contents)
        gate = None
        if options.check is not None and not stays:
            gate = options.check(contents, on_progress)
        refused = gate is not None and gate.refused
        if not stays and not refused:
            _publish(contents, encoder, data_folder, on_progress)
        if not refused:
            storage.prune(data_folder, options.keep_versions)
            reuse.forget(data_folder, encoder.fingerprint)
        version = storage.current_version(data_folder)
    report = BuildReport(
        version=version,
        documents=len(draft.documents),
        passages=len(draft.passages),
        sentences=len(draft.sentences),
        encoded=len(new),
        reused=len(texts) - len(new),
        skipped=tuple(corpus.skipped),
        seconds=time.perf_counter() - started,
        gate=gate,
    )
    if gate is not None and gate.refused:
        raise RebuildRefused(report, gate)
    return report


def sentence_texts(passage: Passage, sentence: Span) -> tuple[str, str]:
    """Return the two texts that are encoded for a sentence, both normalised.

    The sentence alone, which keeps its facts; and after the document's title and the headings above
    it, which tells apart what reports of different years say in the same words.
    """
    alone = normalize(passage.text[sentence.start : sentence.end])
    return alone, normalize(" ".join((*passage.context, alone)))


def keyword_text(passage: Passage) -> str:
    """Return the text whose words and bigrams find a passage: title, headings and the passage."""
    return "\n".join((*passage.context, passage.text))


@dataclass(frozen=True, slots=True)
class _Draft:
    """What the index will hold before anything is encoded; `texts` are pairs, one per sentence."""

    documents: tuple[Document, ...]
    passages: tuple[Passage, ...]
    sentences: IntArray
    texts: list[tuple[str, str]]

    def by_key(self) -> dict[bytes, str]:
        """Each different text once, in the order of the sentences."""
        return {reuse.key(text): text for pair in self.texts for text in pair}


def _draft(documents: Sequence[Document], on_progress: OnProgress) -> _Draft:
    """Documents cut into passages, and these into sentences with the texts to encode."""
    cut = [
        passage for document in _told("read", documents, on_progress) for passage in split(document)
    ]
    passages = tuple(sorted(cut, key=lambda passage: passage.id))
    spans = [
        (row, trimmed(passage.text, span))
        for row, passage in enumerate(passages)
        for span in sentences(passage.text)
    ]
    return _Draft(
        documents=tuple(documents),
        passages=passages,
        sentences=np.array([(row, *span) for row, span in spans], dtype=np.int64).reshape(-1, 3),
        texts=[sentence_texts(passages[row], span) for row, span in spans],
    )


def _known(data: Path, encoder: Encoder) -> tuple[str | None, Known]:
    """The current version if it is sound and this encoder's, and all vectors there are to reuse."""
    known = reuse.from_killed_rebuild(data, encoder.fingerprint)
    current = None
    for summary in storage.versions(data):
        try:
            known |= reuse.from_version(storage.open_contents(data, summary.version, encoder))
        except IndexUnusable:
            continue
        if summary.current:
            current = summary.version
    return current, known


def _encode(
    new: dict[bytes, str], known: Known, encoder: Encoder, data: Path, on_progress: OnProgress
) -> None:
    """Add the vectors of new texts to the known ones, and keep them in case of a kill."""
    done = 0

    def on_batch(size: int) -> None:
        nonlocal done
        done += size
        on_progress(Progress("encode", done, len(new)))

    keys = sorted(new, key=lambda key: -len(new[key]))  # like lengths together: little padding
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        vectors = encoder.encode_passages([new[key] for key in chunk], on_batch)
        reuse.keep(data, encoder.fingerprint, chunk, vectors)
        known.update(zip(chunk, vectors, strict=True))


def _contents(
    draft: _Draft, known: Known, encoder: Encoder, segmenter: Segmenter, on_progress: OnProgress
) -> Contents:
    """The draft with its vectors and postings."""
    keys = [(reuse.key(alone), reuse.key(in_context)) for alone, in_context in draft.texts]
    plain, contextual = (
        FlatIndex.build(_rows([known[pair[kind]] for pair in keys], encoder)) for kind in (0, 1)
    )
    keyword_texts = [keyword_text(passage) for passage in draft.passages]
    cut = _told("words", keyword_texts, on_progress)
    return Contents(
        documents=draft.documents,
        passages=draft.passages,
        sentences=draft.sentences,
        keys=np.frombuffer(b"".join(map(b"".join, keys)), np.uint8).reshape(len(keys), 2, -1),
        plain=plain,
        contextual=contextual,
        words=Keywords.build(segmenter.words(text) for text in cut),
        bigrams=Keywords.build(bigrams(text) for text in keyword_texts),
    )


def _rows(vectors: Sequence[FloatArray], encoder: Encoder) -> FloatArray:
    """Vectors as the rows of one array; only of none must the encoder, loaded or not, be asked."""
    return np.stack(vectors) if vectors else np.zeros((0, encoder.dimensions), dtype=np.float32)


def _publish(contents: Contents, encoder: Encoder, data: Path, on_progress: OnProgress) -> None:
    """Write a new version aside, and switch to it."""
    on_progress(Progress("write", 0, 1))
    version = storage.save(data, contents, encoder)
    on_progress(Progress("write", 1, 1))
    storage.activate(data, version)


def _told(stage: Stage, items: Sequence[T], on_progress: OnProgress) -> Iterator[T]:
    """The items one by one, the progress told after each."""
    for done, item in enumerate(items, start=1):
        yield item
        on_progress(Progress(stage, done, len(items)))


@contextmanager
def _sole_rebuild(data: Path) -> Iterator[None]:
    """Hold the rebuild's lock; the kernel lets go of it when the process ends, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "rebuild.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RebuildRunning(
                f"另一个重建正在进行：{data}。请等它结束。"
                f" / Another rebuild is running in {data}. Wait for it to end."
            ) from None
        yield
