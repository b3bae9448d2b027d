"""The 4-bit weight format of the shipped encoder, taught to transformers.

A folder whose `config.json` says `"quantization_config": {"quant_method": "q4_0"}` holds each large
matrix as two tensors, `weight_nibbles` and `weight_scales`, in the layout that ggml calls Q4_0
(https://github.com/ggml-org/ggml, `block_q4_0`): rows are cut into blocks of 32 weights that share
one scale. Importing this module is enough: from then on such a folder loads like any other, the
weights are expanded in memory and nothing is written to disk.
"""

from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers.core_model_loading import ConversionOps, WeightConverter
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.utils.quantization_config import QuantizationConfigMixin

METHOD = "q4_0"
BLOCK = 32  # weights that share one scale; fixed by the Q4_0 layout
ZERO = 8  # the nibble that stands for 0: nibbles 0..15 mean -8..7


def dequantize(nibbles: Tensor, scales: Tensor) -> Tensor:
    """Return the float32 (rows, columns) matrix that Q4_0 `nibbles` and `scales` stand for.

    `nibbles` is uint8 (rows, columns / 2): byte j of a block of 16 holds weight j in its low half
    and weight j + 16 in its high half. `scales` is (rows, columns / 32), any float type. The
    products are exact, so nothing is lost against the 4-bit source. ValueError where the shapes
    do not belong together.
    """
    rows, half = nibbles.shape
    if scales.shape != (rows, half * 2 // BLOCK):
        raise ValueError(f"nibbles {tuple(nibbles.shape)} do not fit scales {tuple(scales.shape)}")
    blocks = nibbles.view(rows, -1, BLOCK // 2)
    weights = torch.cat((blocks & 0x0F, blocks >> 4), dim=-1).float() - ZERO
    return (weights * scales.float().unsqueeze(-1)).view(rows, half * 2)


class _Dequantize(ConversionOps):
    """Turns the two stored tensors of a matrix into the one that the model wants."""

    def convert(
        self,
        input_dict: dict[str, list[Tensor]],
        source_patterns: list[str],
        target_patterns: list[str],
        **_: Any,  # noqa: ANN401 - the signature is transformers'
    ) -> dict[str, list[Tensor]]:
        (nibbles,), (scales,) = (input_dict[name] for name in source_patterns)
        return {target_patterns[0]: [dequantize(nibbles, scales)]}


@register_quantization_config(METHOD)
class Q4Config(QuantizationConfigMixin):
    """What `config.json` says of the format: its name, nothing else."""

    def __init__(self, quant_method: str = METHOD) -> None:
        self.quant_method = quant_method  # type: ignore[assignment] # none of transformers' own
        self.dequantize = True  # the loaded model is an ordinary float32 one


@register_quantizer(METHOD)
class Q4Quantizer(HfQuantizer):
    """Reads Q4_0 folders; writing them is the work of `training/`."""

    def get_weight_conversions(self) -> list[WeightConverter]:
        """Return the one rule of the format: nibbles and scales become a weight."""
        return [WeightConverter(["weight_nibbles", "weight_scales"], "weight", [_Dequantize()])]

    def _process_model_after_weight_loading(
        self,
        model: PreTrainedModel,
        **_: Any,  # noqa: ANN401 - the signature is transformers'
    ) -> PreTrainedModel:
        """Forget how the weights were stored, so that the model saves as the float32 one it is."""
        model._weight_conversions = None  # type: ignore[assignment] # Module types none
        return model

    def is_serializable(self) -> bool:
        """Return that a loaded model does not save in this format."""
        return False

    @property
    def is_trainable(self) -> bool:
        """True: the loaded weights are ordinary parameters."""
        return True
