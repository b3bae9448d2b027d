"""One rebuild: a folder of reports becomes a new version of the index, and then the current one.

Killed or cancelled at any point, the old version goes on serving, and the next rebuild continues
from what this one had encoded.
"""

import contextlib
import ctypes
import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from corpus.loader import load
from corpus.text import Segmenter, bigrams
from corpus.types import Document
from embeddings import reuse, storage
from embeddings.draft import NEW, NOTHING, Cut, Draft, make_draft
from embeddings.files import Stored
from embeddings.index import Contents
from embeddings.keywords import Keywords
from embeddings.reuse import Wanted
from embeddings.texts import keyword_text, rules
from embeddings.types import BuildReport, Encoder, GateReport, Progress, Stage
from embeddings.versions import IndexUnusable

LOCK = "rebuild.lock"
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
    with sole_rebuild(data_folder):
        previous = None if options.full else _previous(data_folder, encoder)
        cut = previous.cut if previous else NOTHING
        corpus = load(corpus_folder, cut.documents)
        draft = _draft(corpus.documents, cut, on_progress)
        wanted = Wanted(draft.keys)
        if not options.full:
            _find(wanted, previous, data_folder, encoder)
        encoded = _encode(draft, wanted, encoder, data_folder, on_progress)
        gate = None
        if draft.documents != cut.documents:
            contents = _contents(draft, previous, wanted, encoder, segmenter, on_progress)
            gate = options.check(contents, on_progress) if options.check else None
            if gate is None or not gate.refused:
                _publish(contents, encoder, data_folder, on_progress)
        if gate is None or not gate.refused:
            storage.prune(data_folder, options.keep_versions)
            reuse.forget(data_folder, encoder.fingerprint)
        version = storage.current_version(data_folder)
    report = BuildReport(
        version=version,
        documents=len(draft.documents),
        passages=len(draft.passages),
        sentences=len(draft.sentences),
        encoded=encoded,
        reused=len(wanted) - encoded,
        skipped=tuple(corpus.skipped),
        seconds=time.perf_counter() - started,
        gate=gate,
    )
    if gate is not None and gate.refused:
        raise RebuildRefused(report, gate)
    return report


@contextlib.contextmanager
def sole_rebuild(data: Path) -> Iterator[None]:
    """Hold the rebuild's lock in a block; RebuildRunning where another process has it.

    The kernel lets go of it when the process ends, however it ends.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RebuildRunning(
                f"另一个重建正在进行：{data}。请等它结束。"
                f" / Another rebuild is running in {data}. Wait for it to end."
            ) from None
        yield


@dataclass(frozen=True, slots=True)
class _Previous:
    """The current version, sound and of this encoder; `cut` is NOTHING where other rules cut it."""

    stored: Stored
    cut: Cut


def _previous(data: Path, encoder: Encoder) -> _Previous | None:
    """The current version, if anything can be taken from it."""
    try:
        stored = storage.open_files(data, storage.current_version(data), encoder)
        stored.verify()
        return _Previous(stored, stored.cut() if stored.manifest.rules == rules() else NOTHING)
    except (IndexUnusable, ValueError):
        return None


def _draft(documents: Sequence[Document], cut: Cut, on_progress: OnProgress) -> Draft:
    """What the index will hold before anything is encoded, the progress told of each document."""
    return make_draft(
        documents, cut, lambda done: on_progress(Progress("read", done, len(documents)))
    )


def _find(wanted: Wanted, previous: _Previous | None, data: Path, encoder: Encoder) -> None:
    """Look for vectors in the current version, in what a stopped rebuild left, in the others."""
    for source in reuse.from_version(previous.stored) if previous else ():
        wanted.find(source)
    if len(wanted.missing):
        for source in reuse.from_killed_rebuild(data, encoder.fingerprint):
            wanted.find(source)
    for summary in storage.versions(data):
        if not len(wanted.missing):
            return
        if not summary.current:
            _find_in_version(wanted, data, summary.version, encoder)


def _find_in_version(wanted: Wanted, data: Path, version: str, encoder: Encoder) -> None:
    """Look for vectors in an older version; one that is damaged, or another encoder's, has none."""
    with contextlib.suppress(IndexUnusable, ValueError):
        stored = storage.open_files(data, version, encoder)
        sources = reuse.from_version(stored)
        if any(wanted.lacks(source) for source in sources):
            stored.verify()
            for source in sources:
                wanted.find(source)


def _encode(
    draft: Draft, wanted: Wanted, encoder: Encoder, data: Path, on_progress: OnProgress
) -> int:
    """Encode what is missing and keep it on disk, in case of a kill; return how many texts."""
    missing, done = wanted.missing, 0

    def on_batch(size: int) -> None:
        nonlocal done
        done += size
        on_progress(Progress("encode", done, len(missing)))

    lengths = draft.lengths()[missing]
    places = missing[np.argsort(-lengths, kind="stable")]  # like lengths together: little padding
    for start in range(0, len(places), _CHUNK):
        chunk = places[start : start + _CHUNK]
        texts = [draft.text(place) for place in chunk.tolist()]
        vectors = encoder.encode_passages(texts, on_batch)
        wanted.find(reuse.keep(data, encoder.fingerprint, wanted.keys(chunk), vectors))
    return len(missing)


def _contents(
    draft: Draft,
    previous: _Previous | None,
    wanted: Wanted,
    encoder: Encoder,
    segmenter: Segmenter,
    on_progress: OnProgress,
) -> Contents:
    """The draft with its postings and its vectors."""
    words, pairs = _keywords(draft, previous, segmenter, on_progress)
    _give_back()
    plain, contextual = wanted.gather(encoder)
    return Contents(
        documents=draft.documents,
        passages=draft.passages,
        sentences=draft.sentences,
        keys=draft.keys,
        plain=plain,
        contextual=contextual,
        words=words,
        bigrams=pairs,
    )


def _keywords(
    draft: Draft, previous: _Previous | None, segmenter: Segmenter, on_progress: OnProgress
) -> tuple[Keywords, Keywords]:
    """Postings of words and of bigrams; only passages that are new are cut into them."""
    new = [keyword_text(draft.passages[row]) for row in np.flatnonzero(draft.origins == NEW)]
    words = (segmenter.words(text) for text in _told("words", new, on_progress))
    pairs = (bigrams(text) for text in new)
    if previous is None or not previous.cut.passages:
        return Keywords.build(words), Keywords.build(pairs)
    old = previous.stored
    return old.words().updated(draft.origins, words), old.bigrams().updated(draft.origins, pairs)


def _give_back() -> None:
    """Have glibc give the kernel what is free between blocks in use; elsewhere do nothing.

    Counting words leaves a heap full of holes, which what follows would come on top of.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


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
