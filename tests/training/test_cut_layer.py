"""A reader with a layer less: the others are as they were, and training goes on from it."""

from pathlib import Path

import pytest
import torch

from training import train_reader
from training.cut_layer import without_layers


def test_the_other_layers_are_as_they_were(tiny_encoder: Path, tmp_path: Path) -> None:
    """The first of two is cut; the second is found in its place when the folder is opened."""
    model = train_reader.reader(tiny_encoder, layers=2)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    without_layers(model, {0})
    model.save_pretrained(tmp_path)
    again = train_reader.reader(tmp_path)
    after = again.state_dict()
    weight = "bert.encoder.layer.{}.output.dense.weight"
    assert again.config.num_hidden_layers == 1
    assert torch.equal(after[weight.format(0)], before[weight.format(1)])
    assert weight.format(1) not in after


def test_a_layer_that_is_not_there_is_told(tiny_encoder: Path) -> None:
    """Rather than nothing cut and everybody sure that it was."""
    with pytest.raises(ValueError, match=r"layers 0 to 1, and not \[2\]"):
        without_layers(train_reader.reader(tiny_encoder, layers=2), {1, 2})
