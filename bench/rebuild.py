"""What a rebuild costs as reports grow and change: `python -m bench.rebuild`.

Makes reports of 1,000, 5,000 and 20,000 paragraphs and rebuilds each set four times: from nothing,
with nothing changed, with 1 % of the paragraphs changed in as few reports as hold them, and with as
many changed in as many reports. A very small encoder stands in for the shipped one, which would
take hours. Writes rebuild.json, rebuild.md and rebuild.svg, by default into bench/results.
"""

import argparse
import dataclasses
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.questions import ROOT
from bench.reports import change_reports, change_scattered, paragraphs, write_reports
from bench.service import machine
from embeddings.files import LAYOUT

_SIZES = (1_000, 5_000, 20_000)
_CHANGED = 0.01
_KINDS = {
    "full": ("full", "#0072B2", "o"),
    "unchanged": ("unchanged", "#009E73", "^"),
    "reports": ("1 % changed, in as few reports as hold it", "#D55E00", "s"),
    "scattered": ("1 % changed, each in a report of its own", "#CC79A7", "D"),
}
_COLUMNS = (
    "paragraphs | rebuild | sentences | encoded | seconds | of them encoding | of full"
    " | on disk, MiB | open, MiB | peak, MiB | above the index, KiB a sentence"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One rebuild: `base` and `peak` are bytes of resident memory before it and at most.

    `encoding` are the seconds of the encoder alone; `disk` and `index` are the bytes that the
    version takes on disk, and in the memory of a process that opens it.
    """

    paragraphs: int
    kind: str
    passages: int
    sentences: int
    encoded: int
    seconds: float
    encoding: float
    base: int
    peak: int
    disk: int
    index: int

    @property
    def above_index(self) -> float:
        """Bytes a sentence that the rebuild took at most beyond the open index."""
        return (self.peak - self.base - self.index) / self.sentences


def measure(texts: Sequence[str], size: int, work: Path) -> list[Measured]:
    """Return the four rebuilds of one size."""
    shutil.rmtree(work, ignore_errors=True)
    reports, changed = work / "reports", max(1, round(size * _CHANGED))
    write_reports(reports, texts, size)
    found = [_rebuilt("full", size, work), _rebuilt("unchanged", size, work)]
    change_reports(reports, changed)
    found.append(_rebuilt("reports", size, work))
    change_scattered(reports, changed)
    found.append(_rebuilt("scattered", size, work))
    return found


def _rebuilt(kind: str, size: int, work: Path) -> Measured:
    """One rebuild in a process of its own, whose memory is nobody else's, and one that opens it."""
    data = work / "data"
    fields = _once(work / "reports", data)
    folder = data / "versions" / fields.pop("version")
    disk = sum((folder / name).stat().st_size for name in dataclasses.astuple(LAYOUT))
    return Measured(paragraphs=size, kind=kind, disk=disk, index=_once(data), **fields)


def _once(*folders: Path) -> Any:  # noqa: ANN401 - either prints its own
    """What `bench.rebuild_once` prints."""
    command = [sys.executable, "-m", "bench.rebuild_once", *map(str, folders)]
    output = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return json.loads(output)


def table(rows: Sequence[Measured]) -> str:
    """Return the figures as a Markdown table."""
    full = {row.paragraphs: row.seconds for row in rows if row.kind == "full"}
    lines = [f"| {_COLUMNS} |", "|---|---|" + "---:|" * (_COLUMNS.count("|") - 1)]
    lines += [
        f"| {row.paragraphs:,} | {_KINDS[row.kind][0]} | {row.sentences:,} | {row.encoded:,} |"
        f" {row.seconds:.1f} | {row.encoding:.1f} | {row.seconds / full[row.paragraphs]:.1%} |"
        f" {row.disk / 2**20:.0f} | {row.index / 2**20:.0f} |"
        f" {(row.peak - row.base) / 2**20:.0f} | {row.above_index / 1024:.2f} |"
        for row in rows
    ]
    return "\n".join(lines)


def draw(rows: Sequence[Measured], path: Path) -> None:
    """Write the picture: seconds and memory over the number of paragraphs."""
    with mpl.rc_context({"svg.hashsalt": "wenju", "font.size": 9}):
        figure = Figure(figsize=(10, 4.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        for kind in _KINDS:
            own = [row for row in rows if row.kind == kind]
            _draw(left, own, [row.seconds for row in own])
            _draw(right, own, [(row.peak - row.base) / 2**20 for row in own])
        index = [row for row in rows if row.kind == "full"]
        sizes = [row.index / 2**20 for row in index]
        right.plot([row.paragraphs for row in index], sizes, "k--", lw=1, label="the index, open")
        left.set(title="Time", xlabel="paragraphs", ylabel="seconds", xscale="log", yscale="log")
        right.set(title="Peak memory of the rebuild", xlabel="paragraphs", ylabel="MiB")
        right.legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})


def _draw(axes: Axes, rows: Sequence[Measured], values: Sequence[float]) -> None:
    """One kind of rebuild."""
    label, colour, mark = _KINDS[rows[0].kind]
    sizes = [row.paragraphs for row in rows]
    axes.plot(sizes, values, color=colour, marker=mark, markersize=4, linewidth=1.4, label=label)


def main() -> None:
    """Write picture, table and figures of all sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=Path, help="folder of reading sets in SQuAD's form (.json)")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--work", type=Path, default=Path("data/bench/rebuild"))
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results")
    given = parser.parse_args()
    where, texts = machine(), paragraphs(given.texts)
    rows = [row for size in given.sizes for row in measure(texts, size, given.work.resolve())]
    given.out.mkdir(parents=True, exist_ok=True)
    fields = [dataclasses.asdict(row) for row in rows]
    (given.out / "rebuild.json").write_text(json.dumps(fields, indent=2) + "\n", "utf-8")
    draw(rows, given.out / "rebuild.svg")
    (given.out / "rebuild.md").write_text(_page(table(rows), len(texts), where), "utf-8")
    print(table(rows))


def _page(figures: str, texts: int, where: str) -> str:
    """The table with what it is about."""
    return (
        "# Rebuild\n\nWritten by `python -m bench.rebuild`: reports of 40 paragraphs each, made of"
        f" {texts:,} different paragraphs and varied copies of them. An encoder of four layers over"
        " hashed bigrams, 384 dimensions, stands in for the shipped one, which would take hours;"
        " with one that takes longer the shares of the full time are smaller. Memory above the"
        " index: peak resident memory, less what the process held before and what the index takes"
        " in a process that only opens it. "
        f"{where}.\n\n"
        f"{figures}\n\n![Seconds and memory over paragraphs](rebuild.svg)\n"
    )


if __name__ == "__main__":
    main()
