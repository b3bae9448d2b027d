"""Writing the 4-bit format: what is read back, and training through the rounding."""

import pytest
import torch
from safetensors import safe_open
from torch import Tensor, nn

from embeddings.model_folder import SHIPPED_FOLDER
from embeddings.quantized import BLOCK, dequantize
from training.q4 import as_shipped, quantize, quantized_weights, rounded

_ROWS = 500  # of a shipped matrix: all kinds of blocks are among them


def random_weight(rows: int = 6, columns: int = 3 * BLOCK) -> Tensor:
    """A matrix with a block of zeros and one whose largest weight is positive."""
    weight = torch.randn(rows, columns, generator=torch.Generator().manual_seed(5))
    weight[0, :BLOCK] = 0
    weight[1, 0] = 9
    return weight


def test_rounding_is_writing_and_reading() -> None:
    """`rounded` gives what a reader of the two stored tensors gets."""
    weight = random_weight()
    assert torch.equal(rounded(weight), dequantize(*quantize(weight)))


def test_a_weight_moves_by_half_a_step_at_most() -> None:
    """Nibbles are the nearest ones; at the end opposite to the largest weight, one step away."""
    weight = random_weight()
    nibbles, scales = quantize(weight)
    assert (nibbles.dtype, scales.dtype) == (torch.uint8, torch.float16)
    step = scales.float().abs().repeat_interleave(BLOCK, dim=1)
    moved = (rounded(weight) - weight).abs()
    clamped = (weight / scales.float().repeat_interleave(BLOCK, dim=1)) > 7
    assert bool((moved <= torch.where(clamped, 1.0, 0.5) * step * 1.01 + 1e-7).all())


def test_the_weight_furthest_from_zero_is_kept() -> None:
    """It becomes -8, so nothing is lost of it but float16's last digits."""
    weight = random_weight()
    furthest = weight.view(-1, BLOCK).abs().argmax(1, keepdim=True)
    kept = rounded(weight).view(-1, BLOCK).gather(1, furthest)
    assert torch.allclose(kept, weight.view(-1, BLOCK).gather(1, furthest), rtol=1e-3)


def test_shipped_matrices_come_back_unchanged() -> None:
    """What is in Q4_0 already loses nothing by being written again."""
    with safe_open(SHIPPED_FOLDER / "model.safetensors", "pt") as tensors:
        names = [name for name in tensors.keys() if name.endswith("_nibbles")]  # noqa: SIM118
        assert names
        for name in names:
            scales = tensors.get_slice(name.replace("_nibbles", "_scales"))[:_ROWS]
            matrix = dequantize(tensors.get_slice(name)[:_ROWS], scales)
            assert torch.equal(rounded(matrix), matrix), name


def test_within_it_weights_are_rounded_and_after_it_exact() -> None:
    """The shipped values count in the loss; gradients reach the exact ones, which come back."""
    weight = nn.Parameter(random_weight())
    exact, factor = weight.detach().clone(), random_weight() + 1
    with as_shipped([weight]):
        loss = (weight * factor).sum()
        loss.backward()  # type: ignore[no-untyped-call]
    assert torch.equal(loss.detach(), (rounded(exact) * factor).sum())
    assert weight.grad is not None
    assert torch.equal(weight.grad, factor)
    assert torch.equal(weight.detach(), exact)


def test_exact_weights_come_back_after_an_error() -> None:
    """A step that fails does not leave the rounded weights behind."""
    weight = nn.Parameter(random_weight())
    exact = weight.detach().clone()
    with pytest.raises(KeyError), as_shipped([weight]):
        raise KeyError
    assert torch.equal(weight.detach(), exact)


def test_matrices_of_layers_and_words_are_rounded_and_nothing_else() -> None:
    """Norms, biases, positions and the head ship as they are."""
    model = nn.Module()
    model.word_embeddings = nn.Embedding(4, BLOCK)
    model.position_embeddings = nn.Embedding(4, BLOCK)
    model.layer = nn.ModuleList([nn.Linear(BLOCK, BLOCK)])
    model.encoder = nn.Module()
    model.encoder.layer = nn.ModuleList([nn.Linear(BLOCK, BLOCK), nn.LayerNorm(BLOCK)])
    model.qa_outputs = nn.Linear(BLOCK, 2)
    assert set(quantized_weights(model)) == {"word_embeddings.weight", "encoder.layer.0.weight"}
