"""Disks that are full or cannot be written, for whoever runs the tests.

Who may mount gets a real one; elsewhere the kernel's limits and permissions refuse the same calls.
"""

import contextlib
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_DISK_BYTES = 8 << 20


@contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[int], contextlib.AbstractContextManager[None]]]:
    """Put a small disk at `folder`; yields what leaves that many bytes of it free in a block.

    Where nothing can be mounted, no file grows beyond a quarter of that in such a block.
    """
    folder.mkdir()
    if not _mounted("-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", folder):
        yield lambda free: _short_files(free // 4)
        return
    try:
        yield lambda free: _filled(folder, free)
    finally:
        _unmount(folder)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in `folder` in a block."""
    if _mounted("--bind", folder, folder):
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
            yield
        finally:
            _unmount(folder)
        return
    paths = [folder, *folder.rglob("*")]
    modes = [path.stat().st_mode for path in paths]
    for path in reversed(paths):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)


def refuses_writing(folder: Path) -> bool:
    """Whether `folder` really cannot be written: permissions do not stop a root without mounts."""
    try:
        (folder / "probe").touch()
    except OSError:
        return True
    (folder / "probe").unlink()
    return False


@contextmanager
def _filled(folder: Path, free: int) -> Iterator[None]:
    """Take all space of a disk but `free` bytes."""
    ballast = folder / "ballast"
    status = os.statvfs(folder)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, status.f_bavail * status.f_frsize - free)
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def _short_files(free: int) -> Iterator[None]:
    """Let no file grow beyond `free` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _mounted(*arguments: str | Path) -> bool:
    """Whether `mount` did it."""
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", folder], check=True)
