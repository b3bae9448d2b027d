"""Versions of the index on disk: written aside, checked by hash, switched by one pointer.

    DATA/CURRENT                    one line: the name of the version that serves
    DATA/versions/<version>/        a version; nothing in it changes once it has its name
    DATA/versions/.unfinished/      what a rebuild is writing, or left when it was killed

A version's name is the time in UTC and the hash of its manifest, and the manifest holds the hash of
every other file: no bit changes unseen.
"""

import fcntl
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.text import Segmenter
from embeddings import files
from embeddings.files import FORMAT, LAYOUT, Manifest, Stored, StoredFile, UnknownFormat
from embeddings.index import Contents, Index
from embeddings.texts import rules
from embeddings.types import Encoder
from embeddings.versions import (
    BuiltWith,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    IndexUnusable,
    VersionSummary,
)

CURRENT = "CURRENT"
NEXT = "CURRENT.next"  # what the pointer is written to before it moves
VERSIONS = "versions"
UNFINISHED = ".unfinished"
SWITCH_LOCK = "switch.lock"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


def current_version(data: Path) -> str:
    """Return the name of the version that serves; IndexMissing or IndexDamaged without one."""
    version = _pointer(data)
    names = version_names(data)
    if version is None:
        remedy = command(data, f"activate {names[0]}" if names else "rebuild")
        raise IndexMissing(f"没有索引：{data} / No index in {data}", remedy)
    if version not in names:
        raise _damaged(data, CURRENT, f"指向不存在的版本 / names no version: {version!r}")
    return version


def version_names(data: Path) -> list[str]:
    """Return the names of all finished versions, sound or not, newest first."""
    folder = data / VERSIONS
    found = folder.iterdir() if folder.is_dir() else ()
    names = [path.name for path in found if _NAME.fullmatch(path.name) and path.is_dir()]
    return sorted(names, reverse=True)


def versions(data: Path) -> list[VersionSummary]:
    """Return the versions that can be told of, newest first; the doctor names the others."""
    summaries = []
    for name in version_names(data):
        try:
            manifest = _manifest(data, name)
        except IndexUnusable:
            continue
        summaries.append(
            VersionSummary(
                version=name,
                current=name == _pointer(data),
                created=datetime.fromisoformat(manifest.created),
                encoder=manifest.encoder,
                documents=manifest.documents,
                passages=manifest.passages,
                sentences=manifest.sentences,
            )
        )
    return summaries


def built_with(data: Path, version: str) -> BuiltWith:
    """Return what built a version; IndexMissing, IndexMismatch or IndexDamaged as `open_contents`.

    No other file than the manifest is read.
    """
    manifest = _manifest(data, version)
    return BuiltWith(manifest.encoder, manifest.fingerprint)


def open_index(
    data: Path, encoder: Encoder, segmenter: Segmenter, version: str | None = None
) -> Index:
    """Return a version, by default the current one, ready to search; errors as `open_contents`."""
    name = current_version(data) if version is None else version
    return Index(name, open_contents(data, name, encoder), encoder, segmenter)


def open_contents(data: Path, version: str, encoder: Encoder | None) -> Contents:
    """Return what a version holds, every file checked against its hash; of None, any encoder's.

    IndexMissing where there is no such version, IndexMismatch where another encoder or format built
    it, IndexDamaged where a file is missing, truncated or changed.
    """
    return _contents(data, open_files(data, version, encoder))


def open_files(data: Path, version: str, encoder: Encoder | None) -> Stored:
    """Return the files of a version that this encoder built; errors as `open_contents`.

    Of these only the manifest has been read.
    """
    manifest = _manifest(data, version)
    if encoder is not None:
        _refuse_other_encoder(data, manifest, encoder)
    return Stored(data / VERSIONS / version, manifest)


def save(data: Path, contents: Contents, encoder: Encoder) -> str:
    """Write a new version and return its name; nothing opens it before it is activated.

    Where that fails, as on a full disk, what was written is removed.
    """
    _discard_unfinished(data)
    try:
        return _save(data, contents, encoder)
    finally:
        _discard_unfinished(data)


def activate(data: Path, version: str) -> None:
    """Make a version the current one, in one step, once every file of it has been checked.

    IndexMissing, IndexMismatch or IndexDamaged where it cannot serve; the old one then stays.
    """
    _verify(data, Stored(data / VERSIONS / version, _manifest(data, version)))
    with _switching(data):
        _manifest(data, version)  # a rebuild may have removed it meanwhile
        files.write(data / NEXT, f"{version}\n".encode())
        (data / NEXT).replace(data / CURRENT)
        files.sync(data)


def prune(data: Path, keep: int) -> None:
    """Remove all but the `keep` newest versions; the current one stays in any case."""
    _discard_unfinished(data)
    for version in version_names(data)[keep:]:
        with _switching(data):
            if version != _pointer(data):
                folder = data / VERSIONS / version
                folder.rename(folder.with_name(UNFINISHED))  # it goes as it came: in one step
        _discard_unfinished(data)


def command(data: Path, verb: str) -> str:
    """Return a command that works on this data folder wherever `--data` would point without it."""
    return f"wenju {verb} --data {shlex.quote(str(data))}"


def _save(data: Path, contents: Contents, encoder: Encoder) -> str:
    """`save`, where nothing is in the way."""
    folder = data / VERSIONS / UNFINISHED
    folder.mkdir(parents=True)
    manifest = Manifest(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        dimensions=contents.plain.vectors.shape[1],
        documents=len(contents.documents),
        passages=len(contents.passages),
        sentences=len(contents.sentences),
        files=files.write_contents(folder, contents),
        rules=rules(),
    )
    stored = files.write(folder / LAYOUT.manifest, manifest.to_bytes())
    files.sync(folder)
    version = f"{_next_stamp(data):{_STAMP}}-{_short(stored)}"
    folder.rename(folder.with_name(version))
    files.sync(folder.parent)
    return version


@contextmanager
def _switching(data: Path) -> Iterator[None]:
    """Hold the pointer: it does not move while it is written, nor while a version goes."""
    with (data / SWITCH_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _discard_unfinished(data: Path) -> None:
    """Remove what a killed rebuild left; only the one rebuild that runs may do so."""
    folder = data / VERSIONS / UNFINISHED
    if folder.exists():
        shutil.rmtree(folder)


def _pointer(data: Path) -> str | None:
    """What CURRENT says, None where it is not there."""
    try:
        return (data / CURRENT).read_text("utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def _next_stamp(data: Path) -> datetime:
    """Now, or a second after the newest version where the clock is not that far: names sort."""
    now = datetime.now(UTC)
    taken = [datetime.strptime(name.partition("-")[0], _STAMP) for name in version_names(data)[:1]]
    return max([now, *(stamp.replace(tzinfo=UTC) + timedelta(seconds=1) for stamp in taken)])


def _manifest(data: Path, version: str) -> Manifest:
    """The manifest of a version, checked against the hash in the version's name."""
    if version not in version_names(data):
        remedy = command(data, "versions")
        raise IndexMissing(f"没有版本 {version} / No version {version}", remedy)
    try:
        content = (data / VERSIONS / version / LAYOUT.manifest).read_bytes()
    except FileNotFoundError:
        raise _damaged(data, version, "缺少 manifest.json / manifest.json is missing") from None
    if _short(StoredFile.of(content)) != version.rpartition("-")[2]:
        raise _damaged(data, version, "manifest.json 已被改动 / manifest.json has changed")
    try:
        return Manifest.from_bytes(content)
    except UnknownFormat as error:
        raise IndexMismatch(
            f"索引 {version} 的格式是 {error}，本程序的是 {FORMAT}"
            f" / Index {version} has format {error}, this program's is {FORMAT}",
            command(data, "rebuild"),
        ) from None


def _contents(data: Path, stored: Stored) -> Contents:
    """The contents of a version, every file checked against the manifest."""
    try:
        return stored.contents()
    except ValueError as error:
        raise _damaged(data, stored.folder.name, str(error)) from error


def _verify(data: Path, stored: Stored) -> None:
    """Check every file against the manifest, and keep none."""
    try:
        stored.verify()
    except ValueError as error:
        raise _damaged(data, stored.folder.name, str(error)) from error


def _short(stored: StoredFile) -> str:
    """As much of the manifest's hash as stands in the name of its version."""
    return stored.sha256[:8]


def _refuse_other_encoder(data: Path, manifest: Manifest, encoder: Encoder) -> None:
    """Raise IndexMismatch where the vectors are not this encoder's: they would not compare."""
    if manifest.fingerprint != encoder.fingerprint:
        old = f"{manifest.encoder} ({manifest.fingerprint})"
        new = f"{encoder.name} ({encoder.fingerprint})"
        raise IndexMismatch(
            f"索引由另一个模型建成：{old}，现在的模型是 {new}"
            f" / The index was built with another model: {old}, the model now is {new}",
            command(data, f"rebuild --model {shlex.quote(encoder.name)}"),
        )


def _damaged(data: Path, what: str, problem: str) -> IndexDamaged:
    """The error for damage to `what`, a version or the pointer, with the ways out of it."""
    others = [command(data, f"activate {name}") for name in version_names(data) if name != what]
    remedy = " | ".join([command(data, "rebuild --full"), *others[:1]])
    return IndexDamaged(f"索引损坏 / Index damaged: {what}: {problem}", remedy)
