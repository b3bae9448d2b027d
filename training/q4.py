"""Writing Q4_0, the 4-bit format that `embeddings/quantized.py` reads; and training for it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from embeddings.quantized import BLOCK, ZERO, dequantize


def quantize(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Return the nibbles, uint8 (rows, columns / 2), and scales, float16 (rows, columns / 32).

    As ggml's quantize_row_q4_0_ref does it: the weight of a block that is furthest from 0 becomes
    -8, the others the nearest nibble.
    """
    blocks = weight.detach().float().view(weight.shape[0], -1, BLOCK)
    furthest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))
    scales = (furthest / -ZERO).half()
    inverse = torch.where(scales == 0, 0.0, 1 / scales.float())
    nibbles = (blocks * inverse + ZERO).round_().clamp_(0, 15).to(torch.uint8)
    low, high = nibbles[..., : BLOCK // 2], nibbles[..., BLOCK // 2 :]
    return (low | high << 4).reshape(weight.shape[0], -1), scales.squeeze(2)


def rounded(weight: Tensor) -> Tensor:
    """Return what is left of a weight in Q4_0, float32 of the same shape."""
    return dequantize(*quantize(weight))


def quantized_weights(model: nn.Module) -> dict[str, nn.Parameter]:
    """The weights that ship in Q4_0, by name: those of all layers, and of the word embeddings."""
    return {
        name: parameter
        for name, parameter in model.named_parameters()
        if parameter.dim() == 2 and (".layer." in name or "word_embeddings" in name)
    }


@contextmanager
def as_shipped(weights: Iterable[nn.Parameter]) -> Iterator[None]:
    """Within it, the weights are those that will ship; gradients go to the exact ones.

    The straight-through estimator of Bengio, Leonard and Courville, "Estimating or Propagating
    Gradients Through Stochastic Neurons for Conditional Computation", 2013: what is trained learns
    to live with its own rounding.
    """
    exact = [(weight, weight.data) for weight in weights]
    for weight, values in exact:
        weight.data = rounded(values)
    try:
        yield
    finally:
        for weight, values in exact:
            weight.data = values
