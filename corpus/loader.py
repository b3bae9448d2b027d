"""A folder of reports read into documents."""

import contextlib
import hashlib
import itertools
import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from corpus.encodings import UnreadableDocument, decode
from corpus.outline import title
from corpus.types import Document, SkippedFile

Stamps = Mapping[str, tuple[int, int, int]]

READERS: Mapping[str, Callable[[bytes], str]] = {".txt": decode, ".md": decode}
"""How each kind of file gives its text; another format is one more line here."""

_REASONS_SHOWN = 5  # in the message of CorpusEmpty


class CorpusMissing(Exception):
    """The corpus folder is not there; the message says which and what to do."""


class CorpusEmpty(Exception):
    """The corpus folder holds no readable report; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a folder gave: its documents and the files left out, each in order of `source`."""

    documents: tuple[Document, ...]
    skipped: tuple[SkippedFile, ...]


def load(folder: Path, known: Iterable[Document] = ()) -> Corpus:
    """Return the reports under `folder`; a file that cannot be read is skipped and reported.

    A file whose bytes are those of the document of `known` with its source is not decoded again;
    the same object is returned where its id is the same, too.

    Reads `.txt` and `.md` in all subfolders, except hidden ones. A README tells of the folder and
    is no report: its words would answer questions that the reports should. `source` is the path
    relative to `folder`, with forward slashes. A document's id is its file's stem; where stems
    clash, the first in order of `source` keeps it and the others get -2, -3, ... Raises
    CorpusMissing where there is no such folder, CorpusEmpty where nothing in it can be read.
    """
    if not folder.is_dir():
        raise CorpusMissing(
            f"语料文件夹不存在：{folder}。请用 --corpus 指定。"
            f" / Corpus folder not found: {folder}. Give one with --corpus."
        )
    paths, skipped = _listed(folder)
    before = {document.source: document for document in known}
    read: list[Document] = []
    for path in paths:
        source = _source(path, folder)
        try:
            read.append(_read(path, source, before.get(source)))
        except UnreadableDocument as error:
            skipped.append(SkippedFile(source, str(error)))
    skipped.sort(key=lambda file: file.source)
    if not read:
        raise CorpusEmpty(_empty_message(folder, skipped))
    read.sort(key=lambda document: document.source)
    ids = _ids([document.source for document in read])
    return Corpus(tuple(map(_named, read, ids)), tuple(skipped))


def stamps(folder: Path) -> Stamps:
    """Return size, time of writing and time of any change of all files that `load` would try.

    By `source`; times in nanoseconds. Two that are equal mean that no file has changed, gone or
    come, and cost no reading. A folder that is not there has no files.
    """
    found = {}
    for path in _listed(folder)[0]:
        with contextlib.suppress(OSError):  # it has gone since it was listed
            status = path.stat()
            times = status.st_mtime_ns, status.st_ctime_ns
            found[_source(path, folder)] = (status.st_size, *times)
    return found


def text_of(name: str, content: bytes) -> str:
    """Return the text of a file by its name's suffix; raises UnreadableDocument with the reason."""
    return _reader(name)(content)


def _reader(name: str) -> Callable[[bytes], str]:
    path = PurePosixPath(name)
    if path.stem.lower() == "readme":
        raise UnreadableDocument("README 是文件夹的说明，不是报告 / a README is no report")
    if path.suffix.lower() not in READERS:
        kinds = " ".join(READERS)
        raise UnreadableDocument(f"只读 {kinds} 文件 / only {kinds} files are read")
    return READERS[path.suffix.lower()]


def _read(path: Path, source: str, before: Document | None) -> Document:
    """Return the document of the file at `path`, its id still open, or `before` if it is that.

    A pipe or a device would wait for ever, so it is refused.
    """
    reader = _reader(path.name)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableDocument("不是普通文件 / not a regular file")
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(_reason(error)) from error
    sha256 = hashlib.sha256(content).hexdigest()
    if before is not None and before.sha256 == sha256:
        return before
    text = reader(content)
    return Document("", title(text) or PurePosixPath(source).stem, source, text, sha256)


def _listed(folder: Path) -> tuple[list[Path], list[SkippedFile]]:
    """Return the files under the folder, hidden ones left out, and the subfolders not readable."""
    closed: list[OSError] = []
    paths: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths += [Path(parent, name) for name in names if not name.startswith(".")]
    skipped = [SkippedFile(_source(Path(e.filename), folder), _reason(e)) for e in closed]
    return paths, skipped


def _source(path: Path, folder: Path) -> str:
    """Return the relative path; a name that is not UTF-8 is shown with replacement marks."""
    name = path.relative_to(folder).as_posix()
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _reason(error: OSError) -> str:
    return f"无法读取：{error.strerror} / cannot be read: {error.strerror}"


def _ids(sources: Sequence[str]) -> list[str]:
    """Return a different id for each source: its stem, with -2, -3, ... where that is taken."""
    stems = [PurePosixPath(source).stem for source in sources]
    all_stems = set(stems)
    ids: dict[str, None] = {}
    for stem in stems:
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        free = (name for name in numbered if name not in ids and name not in all_stems)
        ids[next(free) if stem in ids else stem] = None
    return list(ids)


def _named(document: Document, identifier: str) -> Document:
    return document if document.id == identifier else replace(document, id=identifier)


def _empty_message(folder: Path, skipped: Sequence[SkippedFile]) -> str:
    reasons = "; ".join(f"{file.source}: {file.reason}" for file in skipped[:_REASONS_SHOWN])
    more = f" (+{len(skipped) - _REASONS_SHOWN})" if len(skipped) > _REASONS_SHOWN else ""
    kinds = " ".join(READERS)
    message = (
        f"语料文件夹里没有可读的报告：{folder}。请放入 {kinds} 文件。"
        f" / No readable report in {folder}. Put {kinds} files there."
    )
    return f"{message} [{reasons}{more}]" if reasons else message
