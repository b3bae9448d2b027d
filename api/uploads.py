"""Reports that come and go over HTTP: files of the corpus folder, whole or not at all."""

import os
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from api.settings import SAMPLES
from corpus.encodings import UnreadableDocument
from corpus.loader import load, text_of

_MAX_NAME = 200  # bytes; file systems allow 255, and the temporary name needs some of them


class BadUpload(Exception):
    """An upload that cannot become a report; the text says what to send instead."""


class LastReport(Exception):
    """The one report that is left cannot be removed: there would be no index."""


class SamplesUnchangeable(Exception):
    """The corpus folder is the one that ships with the program."""


class CorpusReadOnly(Exception):
    """The corpus folder cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A report that can be kept: `source` is a plain file name, `content` can be read."""

    source: str
    content: bytes

    @classmethod
    def of(cls, name: str, content: bytes) -> Self:
        """Return the upload; BadUpload where its name or its content would give no report."""
        source = safe_name(name)
        try:
            text_of(source, content)
        except UnreadableDocument as error:
            raise BadUpload(f"不能收下 / Cannot take {source}: {error}") from error
        return cls(source, content)


def safe_name(name: str) -> str:
    """Return the file name to keep an upload under, or raise BadUpload.

    Of a path only the last part counts (RFC 7578, section 4.2), so no upload leaves the folder.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2].strip()
    if not last or last.startswith("."):
        raise BadUpload(
            f"文件名不能为空或以点开头：{name!r}。请改名后再上传。 / "
            f"A file name is neither empty nor begins with a dot: {name!r}. Rename the file."
        )
    if any(unicodedata.category(character).startswith("C") for character in last):
        raise BadUpload(
            "文件名含有控制字符，请改名后再上传。 / "
            "The file name holds control characters. Rename the file and send it again."
        )
    if len(last.encode()) > _MAX_NAME:
        raise BadUpload(
            f"文件名太长：最多 {_MAX_NAME} 字节。请改短后再上传。 / "
            f"The file name is longer than {_MAX_NAME} bytes. Shorten it and send it again."
        )
    return last


def refuse_samples(corpus: Path) -> None:
    """Raise SamplesUnchangeable where the corpus folder is the shipped one: it is source code."""
    if corpus.resolve() == SAMPLES.resolve():
        raise SamplesUnchangeable(
            "自带的示例报告不能改动，请用 --corpus 指定自己的文件夹。 / "
            "The sample reports cannot be changed. Give a folder of your own with --corpus."
        )


def save(corpus: Path, upload: Upload) -> None:
    """Write a report into the corpus folder, replacing one of that name; CorpusReadOnly.

    It is there whole or not at all, also after a crash.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=".upload-", dir=corpus)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(upload.content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)  # mkstemp's 0600 would hide the report from other accounts
            os.replace(temporary, corpus / upload.source)
        except OSError:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise _read_only(corpus, error) from error


def remove(corpus: Path, source: str) -> None:
    """Remove the report at `source` from the corpus folder; one that is gone already is no error.

    LastReport where no other report can be read, CorpusReadOnly where the file system refuses. Two
    removals at once could each see the other's report: callers take turns.
    """
    if {document.source for document in load(corpus).documents} == {source}:
        raise LastReport(
            "这是最后一份报告，删除后将没有索引。请先上传别的报告。 / "
            "This is the last report; without it there is no index. Upload another one first."
        )
    try:
        (corpus / source).unlink(missing_ok=True)
    except OSError as error:
        raise _read_only(corpus, error) from error


def _read_only(corpus: Path, error: OSError) -> CorpusReadOnly:
    """The error to show for a file system's refusal."""
    return CorpusReadOnly(
        f"无法写入语料文件夹：{corpus}（{error.strerror}）。请检查权限与磁盘空间。 / "
        f"Cannot write to the corpus folder {corpus}: {error.strerror}. "
        "Check its permissions and the free space."
    )
