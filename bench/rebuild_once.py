"""One rebuild with a small fast encoder, measured: `python -m bench.rebuild_once REPORTS DATA`.

Prints a JSON object: the version, counts, seconds, and bytes of resident memory before and at most.
Without REPORTS it opens the index, and prints how many bytes of memory that takes.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from corpus.text import Segmenter
from embeddings import storage
from embeddings.build import rebuild
from embeddings.types import FloatArray

_BATCH = 32
_BUCKETS = 1 << 14  # rows of the table that bigrams are hashed into


class SmallEncoder:
    """An `Encoder` that costs what a very small network does: about 1 ms a text on one core.

    Hashed bigrams give rows of a table, four dense layers are laid over each, and their mean is the
    vector. Nothing of it is learnt. `seconds` is the time it took for passages so far.
    """

    name = "small stand-in"
    fingerprint = "5a11e6c0de000384"
    dimensions = 384

    def __init__(self) -> None:
        source = np.random.default_rng(0)
        size = (_BUCKETS, self.dimensions)
        self._table = source.standard_normal(size, dtype=np.float32)
        self._layers = source.standard_normal((4, *(self.dimensions,) * 2), dtype=np.float32)
        self.seconds = 0.0

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows of shape (len(texts), dimensions), float32."""
        rows = np.stack([self._mean(text) for text in texts])
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return the same rows as for questions; `on_batch` is told of every 32 texts."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch, started = texts[start : start + _BATCH], time.perf_counter()
            rows[start : start + len(batch)] = self.encode_questions(batch)
            self.seconds += time.perf_counter() - started
            if on_batch is not None:
                on_batch(len(batch))
        return rows

    def _mean(self, text: str) -> FloatArray:
        """The mean over the text's bigrams."""
        codes = np.frombuffer(f"{text}  ".encode("utf-32-le"), dtype=np.uint32)
        pairs = (codes[:-1] * np.uint32(2654435761) + codes[1:]) % np.uint32(_BUCKETS)
        hidden = self._table[pairs]
        for layer in self._layers:
            hidden = np.tanh(hidden @ layer)
        return np.asarray(hidden.mean(axis=0), dtype=np.float32)


def memory(field: str) -> int:
    """Return a field of /proc/self/status in bytes: VmRSS now, VmHWM at most."""
    found = re.search(
        rf"^{field}:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE
    )
    if found is None:
        raise LookupError(f"no {field} in /proc/self/status: this bench needs Linux")
    return int(found[1]) * 1024


def rebuild_measured(reports: Path, data: Path) -> dict[str, str | float]:
    """Return what a rebuild in this process took."""
    segmenter, encoder = Segmenter.load(), SmallEncoder()
    base = _warm(segmenter, encoder)
    report = rebuild(reports, data, encoder, segmenter)
    return {
        "version": report.version,
        "passages": report.passages,
        "sentences": report.sentences,
        "encoded": report.encoded,
        "seconds": report.seconds,
        "encoding": encoder.seconds,
        "base": base,
        "peak": memory("VmHWM"),
    }


def opened_bytes(data: Path) -> int:
    """Return how much memory what the current version holds takes in this process."""
    segmenter, encoder = Segmenter.load(), SmallEncoder()
    base = _warm(segmenter, encoder)
    opened = storage.open_contents(data, storage.current_version(data), encoder)
    taken = memory("VmRSS") - base
    del opened, segmenter  # until here, for they count
    return taken


def _warm(segmenter: Segmenter, encoder: SmallEncoder) -> int:
    """Load what is loaded at first use; the bytes in memory after that, the peak counts from it."""
    encoder.encode_questions(segmenter.words("预热"))
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def main() -> None:
    """Measure and print."""
    folders = [Path(folder) for folder in sys.argv[1:]]
    print(json.dumps(rebuild_measured(*folders) if len(folders) > 1 else opened_bytes(*folders)))


if __name__ == "__main__":
    main()
