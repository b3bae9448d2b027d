"""The 4-bit format: exact arithmetic, and reading through transformers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from embeddings.model_folder import SHIPPED_FOLDER
from embeddings.quantized import BLOCK, METHOD, dequantize

LIMIT_BYTES = 24 * 1024 * 1024  # what the repository allows for the shipped encoder


def random_q4(rows: int, columns: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Nibbles and scales of a random matrix, the same for the same sizes."""
    generator = np.random.default_rng(rows * 1000 + columns)
    nibbles = generator.integers(0, 256, (rows, columns // 2), dtype=np.uint8)
    scales = generator.normal(0, 0.02, (rows, columns // BLOCK)).astype(np.float16)
    return torch.from_numpy(nibbles), torch.from_numpy(scales)


def naive_dequantize(nibbles: torch.Tensor, scales: torch.Tensor) -> NDArray[np.float32]:
    """A weight at a time, as the format's definition reads."""
    rows, half = nibbles.shape
    weights = np.zeros((rows, 2 * half), dtype=np.float32)
    for row in range(rows):
        for column in range(2 * half):
            block, place = divmod(column, BLOCK)
            byte = int(nibbles[row, block * 16 + place % 16])
            nibble = byte & 15 if place < 16 else byte >> 4
            weights[row, column] = (nibble - 8) * float(scales[row, block])
    return weights


@pytest.fixture
def q4_folder(tmp_path: Path) -> Path:
    """A tiny random BERT whose matrices are stored in 4 bits."""
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=16,
    )
    stored = {}
    for name, tensor in BertModel(config).state_dict().items():
        if name.endswith(("dense.weight", "query.weight", "word_embeddings.weight")):
            stored[f"{name}_nibbles"], stored[f"{name}_scales"] = random_q4(*tensor.shape)
        else:
            stored[name] = tensor
    config.quantization_config = {"quant_method": METHOD}
    folder = tmp_path / "q4"
    config.save_pretrained(folder)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@pytest.mark.parametrize(("rows", "columns"), [(1, 32), (3, 64), (5, 384)])
def test_dequantize_agrees_with_the_definition(rows: int, columns: int) -> None:
    """The vectorised arithmetic gives exactly what a loop over weights gives."""
    nibbles, scales = random_q4(rows, columns)
    weights = dequantize(nibbles, scales)
    assert weights.dtype == torch.float32
    np.testing.assert_array_equal(weights.numpy(), naive_dequantize(nibbles, scales))


def test_dequantize_refuses_scales_of_another_matrix() -> None:
    """Nibbles and scales that do not belong together are an error, not a wrong matrix."""
    nibbles, _ = random_q4(2, 64)
    _, scales = random_q4(2, 32)
    with pytest.raises(ValueError, match="do not fit"):
        dequantize(nibbles, scales)


def test_transformers_reads_a_q4_folder(q4_folder: Path) -> None:
    """A folder in the format loads with expanded matrices and its other tensors as they were."""
    weights = BertModel.from_pretrained(q4_folder, local_files_only=True).state_dict()
    nibbles, scales = random_q4(32, 32)
    query = weights["encoder.layer.0.attention.self.query.weight"]
    assert query.dtype == torch.float32
    assert torch.equal(query, dequantize(nibbles, scales))
    with safe_open(q4_folder / "model.safetensors", framework="pt") as stored:
        key_name = "encoder.layer.0.attention.self.key.weight"
        assert torch.equal(weights[key_name], stored.get_tensor(key_name))


def test_a_loaded_model_saves_as_float32(q4_folder: Path, tmp_path: Path) -> None:
    """Training may load the 4-bit model and save its checkpoints like any model's."""
    model = BertModel.from_pretrained(q4_folder, local_files_only=True)
    model.save_pretrained(tmp_path / "float")
    again = BertModel.from_pretrained(tmp_path / "float", local_files_only=True)
    assert "quantization_config" not in again.config.to_dict()
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, again.state_dict()[name]), name


def test_the_shipped_folder_is_small_and_holds_no_code() -> None:
    """The shipped encoder fits the repository and is made of data formats alone."""
    files = [path for path in SHIPPED_FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < LIMIT_BYTES
    assert {path.suffix for path in files} == {".json", ".md", ".safetensors"}


def test_the_shipped_matrices_stay_in_four_bits() -> None:
    """Every large tensor of the shipped encoder is packed; the position table is the only float."""
    with safe_open(SHIPPED_FOLDER / "model.safetensors", framework="np") as stored:
        large_floats = [
            name
            for name in stored.keys()  # noqa: SIM118 - not a dict
            if stored.get_slice(name).get_dtype() == "F32"
            and np.prod(stored.get_slice(name).get_shape()) > 10_000
        ]
    assert large_floats == ["embeddings.position_embeddings.weight"]
