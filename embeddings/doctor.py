"""What can be wrong in a data folder, what to run, and what can be put right without a rebuild."""

import fcntl
import shlex
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from embeddings import build, reuse, storage
from embeddings.files import LAYOUT
from embeddings.types import Encoder, ModelUnreadable
from embeddings.versions import Fault, IndexMismatch, IndexUnusable

EncoderOf = Callable[[str], Encoder]
"""The encoder for a version, by the version's name; raises ModelUnreadable or IndexUnusable."""

_FILES = frozenset(getattr(LAYOUT, name) for name in LAYOUT.__slots__)
_OWN = {storage.CURRENT, storage.VERSIONS, storage.SWITCH_LOCK, build.LOCK, reuse.ENCODED}


def check(data: Path, encoder: Encoder | None = None, own: Collection[str] = ()) -> list[Fault]:
    """Return all that is wrong in a data folder, nothing where it is sound.

    Every file of every version is compared with its hash; with an `encoder`, the current version
    must be one that it built. `own` are the names of files that other layers keep there.
    """
    try:
        current = storage.current_version(data)
        pointer = []
    except IndexUnusable as error:
        current, pointer = "", [Fault(error.problem, error.remedy)]
    found = [_fault(data, version, current, encoder) for version in storage.version_names(data)]
    return [*pointer, *filter(None, found), *_left(data), *_orphans(data, own)]


def repair(data: Path, encoder_of: EncoderOf) -> list[str]:
    """Fall back to the newest version that can serve where the current one cannot; clear up.

    Removed is what killed rebuilds left, and damaged versions once a sound one serves; nothing that
    the product did not write. Returns what was done, in words. RebuildRunning where a rebuild runs.
    """
    if not data.is_dir():
        return []
    with build.sole_rebuild(data):
        done = _fall_back(data, encoder_of)
        for path in [*_damaged(data), *_leftovers(data)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            done.append(f"已删除 {path} / Removed {path}")
    return done


def _leftovers(data: Path) -> list[Path]:
    """What no rebuild continues from: unfinished things, and parts of the journal cut short."""
    parts = (data / reuse.ENCODED).glob("*/*.npz")
    cut_short = (path for path in parts if not reuse.is_sound(path, path.read_bytes()))
    return [*_unfinished(data), *sorted(cut_short)]


def _unfinished(data: Path) -> list[Path]:
    """What is being written, or was when a rebuild or an activation was killed."""
    made = [data / storage.NEXT, data / storage.VERSIONS / storage.UNFINISHED]
    older = data.glob(f"{storage.CURRENT}.{'[0-9a-f]' * 32}")  # as pointers were named at first
    return [*filter(Path.exists, made), *sorted(older)]


def _fault(data: Path, version: str, current: str, encoder: Encoder | None) -> Fault | None:
    """What is wrong with a version; a broken one that does not serve may simply go."""
    try:
        storage.open_contents(data, version, encoder if version == current else None)
    except IndexUnusable as error:
        if version == current:
            return Fault(error.problem, error.remedy)
        return Fault(error.problem, _removal(data / storage.VERSIONS / version))
    return None


def _fall_back(data: Path, encoder_of: EncoderOf) -> list[str]:
    """Activate another version if need be: of the same encoder rather than of another."""
    current, wanted = _current(data)
    if current and _can_serve(data, current, encoder_of):
        return []
    names = storage.version_names(data)
    names.sort(key=lambda name: _fingerprint(data, name) != wanted)
    for version in names:
        if _can_serve(data, version, encoder_of):
            storage.activate(data, version)
            return [f"已退回 {version}。 / Fell back to {version}."]
    return []


def _current(data: Path) -> tuple[str, str]:
    """The current version and its encoder's fingerprint; "" for what cannot be told."""
    try:
        current = storage.current_version(data)
    except IndexUnusable:
        return "", ""
    return current, _fingerprint(data, current)


def _fingerprint(data: Path, version: str) -> str:
    """That of a version's encoder, "" where it cannot be told."""
    try:
        return storage.built_with(data, version).fingerprint
    except IndexUnusable:
        return ""


def _can_serve(data: Path, version: str, encoder_of: EncoderOf) -> bool:
    """Whether a version is sound and its encoder is there."""
    try:
        storage.open_contents(data, version, encoder_of(version))
    except (IndexUnusable, ModelUnreadable):
        return False
    return True


def _damaged(data: Path) -> Iterator[Path]:
    """Versions that nothing can use, unless none serves: a person might want to look at them."""
    current, _ = _current(data)
    if not current or _fault(data, current, current, None):
        return
    for version in storage.version_names(data):
        try:
            storage.open_contents(data, version, None)
        except IndexMismatch:
            continue  # sound in the format of another program
        except IndexUnusable:
            yield data / storage.VERSIONS / version


def _left(data: Path) -> Iterator[Fault]:
    """Leftovers, told of only while no rebuild runs, which is still writing them."""
    if _rebuild_runs(data):
        return
    for path in _leftovers(data):
        problem = f"中断的重建留下的 / Left by a rebuild that was stopped: {path}"
        yield Fault(problem, storage.command(data, "doctor --repair"))


def _rebuild_runs(data: Path) -> bool:
    """Whether a process holds the lock; asks without writing, for the disk may be read-only."""
    try:
        with (data / build.LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _orphans(data: Path, own: Collection[str]) -> Iterator[Fault]:
    """What the product did not write: a person has to say what becomes of it."""
    left = set(_unfinished(data))
    for path in _foreign(data, own):
        if path not in left:
            problem = f"不属于索引，无用则可删除 / Not of the index; remove it if useless: {path}"
            yield Fault(problem, _removal(path))


def _foreign(data: Path, own: Collection[str]) -> Iterator[Path]:
    """Files and folders under names that the product does not give."""
    versions = data / storage.VERSIONS
    names = set(storage.version_names(data))
    yield from _others(data, _OWN.union(own))
    yield from _others(versions, names)
    for name in sorted(names):
        yield from _others(versions / name, _FILES)
    for folder in _others(data / reuse.ENCODED, set()):
        yield from (path for path in folder.glob("*") if path.suffix != ".npz")


def _others(folder: Path, known: Collection[str]) -> list[Path]:
    """What is in a folder under other names."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.name not in known)


def _removal(path: Path) -> str:
    """The command that removes a file or a folder."""
    return f"rm -r {shlex.quote(str(path))}"
