"""Averages two models of one shape: `python -m training.average A B --out FOLDER [--share 0.5]`.

Between what a model was and what fine-tuning on a few reports made of it lies one that does better
on other reports than either: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022.
"""

import argparse
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

_WEIGHTS = "model.safetensors"


def average(first: Path, second: Path, out: Path, share: float) -> None:
    """Write the folder `out`: the weights of `first`, moved a share 0..1 of the way to `second`."""
    before, after = load_file(first / _WEIGHTS), load_file(second / _WEIGHTS)
    if {name: w.shape for name, w in before.items()} != {n: w.shape for n, w in after.items()}:
        raise SystemExit(
            f"{first} 与 {second} 的结构不同。 / {first} and {second} differ in shape."
        )
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(second / "config.json", out / "config.json")
    mixed = {name: (1 - share) * before[name] + share * after[name] for name in after}
    save_file(mixed, out / _WEIGHTS, metadata={"format": "pt"})


def main() -> None:
    """Write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--share", type=float, default=0.5, help="of the second")
    given = parser.parse_args()
    average(given.first, given.second, given.out, given.share)


if __name__ == "__main__":
    main()
