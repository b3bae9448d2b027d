"""Vectors that need not be computed again: those of all versions and of a killed rebuild.

DATA/encoded/<fingerprint>/<hash>.npz    texts that a rebuild encoded before it was stopped
"""

import contextlib
import hashlib
import io
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from embeddings.files import StoredFile, write
from embeddings.index import Contents
from embeddings.types import FloatArray

_ENCODED = "encoded"

Known = dict[bytes, FloatArray]
"""The vector of a text by the text's key."""


def key(text: str) -> bytes:
    """Return what a text's vector is found by: the 32 bytes of its SHA-256."""
    return hashlib.sha256(text.encode()).digest()


def from_version(contents: Contents) -> Known:
    """Return the vectors of all texts of a version."""
    known: Known = {}
    for kind, vectors in enumerate((contents.plain.vectors, contents.contextual.vectors)):
        keys = (row.tobytes() for row in contents.keys[:, kind])
        known.update(zip(keys, vectors, strict=True))
    return known


def from_killed_rebuild(data: Path, fingerprint: str) -> Known:
    """Return what rebuilds with this encoder kept before a stop; damaged parts are skipped."""
    known: Known = {}
    for path in sorted((data / _ENCODED / fingerprint).glob("*.npz")):
        content = path.read_bytes()
        if path.stem == StoredFile.of(content).sha256:
            with np.load(io.BytesIO(content), allow_pickle=False) as part:
                keys = (row.tobytes() for row in part["keys"])
                known.update(zip(keys, part["vectors"], strict=True))
    return known


def keep(data: Path, fingerprint: str, keys: Sequence[bytes], vectors: FloatArray) -> None:
    """Put vectors where the next rebuild finds them if this one does not get to its end."""
    folder = data / _ENCODED / fingerprint
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), -1)
    part = io.BytesIO()
    np.savez(part, keys=rows, vectors=vectors)
    write(folder / f"{StoredFile.of(part.getvalue()).sha256}.npz", part.getvalue())


def forget(data: Path, fingerprint: str) -> None:
    """Remove what was kept of an encoder: a version holds it now, or it is not to be trusted.

    What a killed rebuild with another encoder left stays for that one.
    """
    folder = data / _ENCODED / fingerprint
    if folder.exists():
        shutil.rmtree(folder)
    with contextlib.suppress(OSError):  # not there, or another encoder's part is in it
        folder.parent.rmdir()
