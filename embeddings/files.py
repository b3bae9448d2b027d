"""The files of one version: what stands in each, how they are written, and how they are checked."""

import dataclasses
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from corpus.types import Document, Passage
from embeddings.index import Contents
from embeddings.keywords import Keywords
from embeddings.vectors import FlatIndex

FORMAT = 1  # bump when a file changes its form or its meaning


@dataclass(frozen=True, slots=True)
class Layout:
    """The name of every file in a version's folder."""

    manifest: str = "manifest.json"
    documents: str = "documents.jsonl"
    passages: str = "passages.jsonl"
    sentences: str = "sentences.npy"
    keys: str = "keys.npy"
    plain: str = "plain.faiss"
    contextual: str = "contextual.faiss"
    words: str = "words.npz"
    bigrams: str = "bigrams.npz"


LAYOUT = Layout()


class UnknownFormat(Exception):
    """A manifest of another format; the text is that format."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The size of a file in bytes, and its SHA-256."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Return size and hash of a file with this content."""
        return cls(len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version is, and what each of its other files must look like."""

    format: int
    created: str
    encoder: str
    fingerprint: str
    dimensions: int
    documents: int
    passages: int
    sentences: int
    files: dict[str, StoredFile]

    def to_bytes(self) -> bytes:
        """Return the manifest as JSON that people can read."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=2).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Return what `to_bytes` gave; UnknownFormat for what another format's did."""
        fields = json.loads(content)
        if fields["format"] != FORMAT:
            raise UnknownFormat(fields["format"])
        stored = {name: StoredFile(**file) for name, file in fields.pop("files").items()}
        return cls(**fields, files=stored)


def write_contents(folder: Path, contents: Contents) -> dict[str, StoredFile]:
    """Write all files but the manifest into `folder` and return what they must look like."""
    return {name: write(folder / name, content) for name, content in _serialised(contents)}


def describe(contents: Contents) -> dict[str, StoredFile]:
    """Return what `write_contents` would; equal contents give equal files."""
    return {name: StoredFile.of(content) for name, content in _serialised(contents)}


def read_contents(folder: Path, stored: Mapping[str, StoredFile]) -> Contents:
    """Return what `write_contents` wrote; ValueError where a file is not what was written."""
    return _parsed(lambda name: read(folder / name, stored[name]))


def write(path: Path, content: bytes) -> StoredFile:
    """Write a file so that it is on the disk, not on its way there, when this returns."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile.of(content)


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk, as `write` does with what is in a file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path, expected: StoredFile) -> bytes:
    """Return the content of a file; ValueError where it is not the one that was written."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"缺少文件 {path.name} / {path.name} is missing") from None
    if len(content) != expected.size:
        raise ValueError(
            f"{path.name} 有 {len(content)} 字节，应有 {expected.size}"
            f" / {path.name} has {len(content)} bytes instead of {expected.size}"
        )
    if StoredFile.of(content) != expected:
        raise ValueError(f"{path.name} 的内容已被改动 / the content of {path.name} has changed")
    return content


def _serialised(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file but the manifest."""
    yield LAYOUT.documents, _jsonl(map(dataclasses.asdict, contents.documents))
    yield LAYOUT.passages, _jsonl(map(_passage_fields, contents.passages))
    yield LAYOUT.sentences, _npy(contents.sentences)
    yield LAYOUT.keys, _npy(contents.keys)
    yield LAYOUT.plain, contents.plain.to_bytes()
    yield LAYOUT.contextual, contents.contextual.to_bytes()
    yield LAYOUT.words, contents.words.to_bytes()
    yield LAYOUT.bigrams, contents.bigrams.to_bytes()


def _parsed(content: Callable[[str], bytes]) -> Contents:
    """The contents that `_serialised` took apart, given the content of each file by name."""
    documents = [Document(**fields) for fields in _lines(content(LAYOUT.documents))]
    by_id = {document.id: document for document in documents}
    return Contents(
        documents=tuple(documents),
        passages=tuple(_passage(fields, by_id) for fields in _lines(content(LAYOUT.passages))),
        sentences=_array(content(LAYOUT.sentences)),
        keys=_array(content(LAYOUT.keys)),
        plain=FlatIndex.from_bytes(content(LAYOUT.plain)),
        contextual=FlatIndex.from_bytes(content(LAYOUT.contextual)),
        words=Keywords.from_bytes(content(LAYOUT.words)),
        bigrams=Keywords.from_bytes(content(LAYOUT.bigrams)),
    )


def _passage_fields(passage: Passage) -> dict[str, Any]:
    """A passage as it is stored: its document by id, its text nowhere."""
    return {
        "id": passage.id,
        "document": passage.document.id,
        "start": passage.start,
        "end": passage.end,
        "headings": passage.headings,
    }


def _passage(fields: dict[str, Any], documents: dict[str, Document]) -> Passage:
    """The passage that `_passage_fields` took apart."""
    document, headings = documents[fields["document"]], tuple(fields["headings"])
    return Passage(fields["id"], document, fields["start"], fields["end"], headings)


def _jsonl(rows: Iterable[dict[str, Any]]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _lines(content: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return map(json.loads, content.splitlines())  # of bytes: U+2028 inside a text ends no line


def _npy(values: NDArray[Any]) -> bytes:
    """An array in numpy's own file format."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _array(content: bytes) -> NDArray[Any]:
    """The array that `_npy` wrote."""
    array: NDArray[Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
