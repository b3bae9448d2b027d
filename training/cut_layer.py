"""Takes layers out of a reader: `python -m training.cut_layer FOLDER --layers N... --out FOLDER`.

What is left answers worse until it is trained on, with that folder as `--start`.
"""

import argparse
from collections.abc import Collection
from pathlib import Path

from torch.nn import ModuleList
from transformers import BertForQuestionAnswering

from training.train_reader import reader


def without_layers(model: BertForQuestionAnswering, cut: Collection[int]) -> None:
    """Take the layers of these numbers, from 0, out of the model; ValueError where one is not."""
    layers = model.bert.encoder.layer
    if absent := sorted(set(cut) - set(range(len(layers)))):
        raise ValueError(f"the model has layers 0 to {len(layers) - 1}, and not {absent}")
    model.bert.encoder.layer = ModuleList(one for n, one in enumerate(layers) if n not in cut)
    model.config.num_hidden_layers = len(model.bert.encoder.layer)


def main() -> None:
    """Cut and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    model = reader(given.folder)
    without_layers(model, given.layers)
    model.save_pretrained(given.out)


if __name__ == "__main__":
    main()
