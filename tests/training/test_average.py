"""A model between two others, and how it is written to ship."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from training.average import average
from training.distil_encoder import smaller
from training.export import export
from training.train_encoder import encoder


def other(folder: Path, tmp_path: Path) -> Path:
    """The same model with every weight twice as large."""
    model = encoder(folder)
    for parameter in model.parameters():
        parameter.data *= 2
    model.save_pretrained(tmp_path / "other")
    return tmp_path / "other"


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_a_share_of_the_way(tiny_encoder: Path, tmp_path: Path, share: float) -> None:
    """Every weight lies on the line between the two."""
    average(tiny_encoder, other(tiny_encoder, tmp_path), tmp_path / "out", share)
    mixed, first = (load_file(f / "model.safetensors") for f in (tmp_path / "out", tiny_encoder))
    assert all(torch.allclose(mixed[name], (1 + share) * first[name]) for name in first)


def test_other_shapes_are_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    """A model with fewer layers is nothing to average with."""
    smaller(tiny_encoder, [0]).save_pretrained(tmp_path / "small")
    with pytest.raises(SystemExit, match="differ in shape"):
        average(tiny_encoder, tmp_path / "small", tmp_path / "out", 0.5)


def test_an_encoder_ships_with_its_pooling(tiny_encoder: Path, tmp_path: Path) -> None:
    """Everything of the base but weights, layout and card, also what has the same name deeper."""
    base, card = tmp_path / "base", tmp_path / "card.md"
    (base / "1_Pooling").mkdir(parents=True)
    for name in ("config.json", "1_Pooling/config.json", "tokenizer.json"):
        (base / name).write_text(f'{{"of": "{name}"}}', encoding="utf-8")
    (base / "README.md").write_text("the base's", encoding="utf-8")
    card.write_text("its own", encoding="utf-8")
    export(tiny_encoder, base, tmp_path / "out", card)
    assert "1_Pooling" in (tmp_path / "out/1_Pooling/config.json").read_text("utf-8")
    assert (tmp_path / "out/README.md").read_text("utf-8") == "its own"
    assert "num_hidden_layers" in (tmp_path / "out/config.json").read_text("utf-8")
