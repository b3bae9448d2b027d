"""The files of one version: what stands in each, how they are written, and how they are checked."""

import dataclasses
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from corpus.types import Document, Passage
from embeddings.draft import Cut
from embeddings.index import Contents
from embeddings.keywords import Keywords
from embeddings.types import FloatArray, Writable
from embeddings.vectors import FlatIndex, blocks

FORMAT = 1  # bump when a file changes its form or its meaning

_Writer = Callable[[Writable], object]


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
    """What a version is, and what each of its other files must look like.

    `rules` names the rules that its reports were cut by, see `embeddings.texts.rules`.
    """

    format: int
    created: str
    encoder: str
    fingerprint: str
    dimensions: int
    documents: int
    passages: int
    sentences: int
    files: dict[str, StoredFile]
    rules: str = ""

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


@dataclass(frozen=True, slots=True)
class Stored:
    """The files of a version, read one by one; ValueError where one is not what was written."""

    folder: Path
    manifest: Manifest

    def verify(self) -> None:
        """Compare every file with the manifest, and keep none."""
        for name, expected in self.manifest.files.items():
            check(self.folder / name, expected)

    def cut(self) -> Cut:
        """Return what there is of texts."""
        documents = [Document(**fields) for fields in _lines(self._read(LAYOUT.documents))]
        by_id = {document.id: document for document in documents}
        rows = _lines(self._read(LAYOUT.passages))
        passages = tuple(_passage(fields, by_id) for fields in rows)
        return Cut(tuple(documents), passages, self._array(LAYOUT.sentences), self.keys())

    def keys(self) -> NDArray[np.uint8]:
        """Return the keys of the texts that were encoded, as `Contents` has them."""
        return self._array(LAYOUT.keys)

    def words(self) -> Keywords:
        """Return the postings of the words."""
        with self._opened(LAYOUT.words) as file:
            return Keywords.read(file)

    def bigrams(self) -> Keywords:
        """Return the postings of the bigrams."""
        with self._opened(LAYOUT.bigrams) as file:
            return Keywords.read(file)

    def vectors(self, name: str) -> Iterator[tuple[int, FloatArray]]:
        """Yield the vectors of a file block by block, each with its first row, unchecked."""
        return blocks(self.folder / name, self.manifest.sentences, self.manifest.dimensions)

    def contents(self) -> Contents:
        """Return all of it."""
        return Contents(
            *self.cut(),
            plain=self._index(LAYOUT.plain),
            contextual=self._index(LAYOUT.contextual),
            words=self.words(),
            bigrams=self.bigrams(),
        )

    def _read(self, name: str) -> bytes:
        return read(self.folder / name, self.manifest.files[name])

    def _array(self, name: str) -> NDArray[Any]:
        with self._opened(name) as file:
            array: NDArray[Any] = np.load(file, allow_pickle=False)
            return array

    def _index(self, name: str) -> FlatIndex:
        with self._opened(name) as file:
            return FlatIndex.read(file)

    def _opened(self, name: str) -> BinaryIO:
        check(self.folder / name, self.manifest.files[name])
        return (self.folder / name).open("rb")


def write_contents(folder: Path, contents: Contents) -> dict[str, StoredFile]:
    """Write all files but the manifest into `folder` and return what they must look like.

    Equal contents give equal files.
    """
    return {name: _write(folder / name, writer) for name, writer in _writers(contents)}


def check(path: Path, expected: StoredFile) -> None:
    """Raise ValueError where a file is not the one that was written."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size != expected.size:
                raise ValueError(
                    f"{path.name} 有 {size} 字节，应有 {expected.size}"
                    f" / {path.name} has {size} bytes instead of {expected.size}"
                )
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise ValueError(f"缺少文件 {path.name} / {path.name} is missing") from None
    if sha256 != expected.sha256:
        raise ValueError(f"{path.name} 的内容已被改动 / the content of {path.name} has changed")


def read(path: Path, expected: StoredFile) -> bytes:
    """Return the content of a file; ValueError where it is not the one that was written."""
    check(path, expected)
    return path.read_bytes()


def write(path: Path, content: bytes) -> StoredFile:
    """Write a file so that it is on the disk, not on its way there, when this returns."""
    return _write(path, lambda file: file.write(content))


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk, as `write` does with what is in a file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Hashed:
    """A file that is written through its hash."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        self._digest.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """Hand on what the file holds back."""
        self._file.flush()

    def stored(self) -> StoredFile:
        """What was written."""
        return StoredFile(self._size, self._digest.hexdigest())


def _write(path: Path, writer: _Writer) -> StoredFile:
    """`write` for what is never in memory as a whole."""
    with path.open("wb") as file:
        hashed = _Hashed(file)
        writer(hashed)
        file.flush()
        os.fsync(file.fileno())
    return hashed.stored()


def _writers(contents: Contents) -> Iterator[tuple[str, _Writer]]:
    """The name of each file but the manifest, and what writes it."""
    yield LAYOUT.documents, _jsonl(map(dataclasses.asdict, contents.documents))
    yield LAYOUT.passages, _jsonl(map(_passage_fields, contents.passages))
    yield LAYOUT.sentences, _npy(contents.sentences)
    yield LAYOUT.keys, _npy(contents.keys)
    yield LAYOUT.plain, contents.plain.write
    yield LAYOUT.contextual, contents.contextual.write
    yield LAYOUT.words, contents.words.write
    yield LAYOUT.bigrams, contents.bigrams.write


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


def _jsonl(rows: Iterable[dict[str, Any]]) -> _Writer:
    """One JSON object a line."""

    def writer(file: Writable) -> None:
        for row in rows:
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n".encode())

    return writer


def _lines(content: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return map(json.loads, content.splitlines())  # of bytes: U+2028 inside a text ends no line


def _npy(values: NDArray[Any]) -> _Writer:
    """An array in numpy's own file format."""

    def writer(file: Writable) -> None:
        np.lib.format.write_array(file, values, allow_pickle=False)

    return writer
