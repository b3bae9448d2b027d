"""Makes a model to ship: `python -m training.export TRAINED --base BASE --out OUT --card CARD`.

Matrices are written in Q4_0; biases, norms and the position table stay float32. The tokenizer and
the settings are those of the base model, which both the encoder and the reader were trained from.
The same weights give the same bytes.
"""

import argparse
import json
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file
from torch import Tensor

from embeddings.quantized import METHOD
from training.loop import BASE
from training.q4 import quantize

_OWN = ("config.json", "model.safetensors", "README.md")  # written here, not copied


def export(trained: Path, base: Path, out: Path, card: Path) -> None:
    """Write the folder `out`: weights and layout of `trained`, everything else of `base`."""
    tensors = load_file(trained / "model.safetensors")
    has_head = any(name.startswith("qa_outputs") for name in tensors)
    for path in sorted(base.rglob("*")):
        if path.is_file() and str(path.relative_to(base)) not in _OWN:
            if has_head and not path.name.startswith("tokenizer"):
                continue  # how to pool sentences is nothing to a reader
            target = out / path.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    stored = {part: values for name, one in tensors.items() for part, values in _stored(name, one)}
    save_file(stored, out / "model.safetensors", metadata={"format": "pt"})
    _write_config(trained, base, out)
    shutil.copyfile(card, out / "README.md")


def _stored(name: str, weight: Tensor) -> list[tuple[str, Tensor]]:
    """A tensor as it is stored: matrices of layers and words in two parts."""
    if weight.dim() == 2 and (".layer." in name or "word_embeddings" in name):
        nibbles, scales = quantize(weight)
        return [(f"{name}_nibbles", nibbles.contiguous()), (f"{name}_scales", scales.contiguous())]
    return [(name, weight.float().contiguous())]


def _write_config(trained: Path, base: Path, out: Path) -> None:
    """The base model's configuration with the layers and the head of the trained one."""
    config = json.loads((base / "config.json").read_text("utf-8"))
    own = json.loads((trained / "config.json").read_text("utf-8"))
    kept = {key: own[key] for key in ("architectures", "num_hidden_layers")}
    config |= kept | {"quantization_config": {"quant_method": METHOD}}
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Write the folder and print what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path)
    parser.add_argument("--base", type=Path, default=BASE)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--card", type=Path, required=True, help="becomes the folder's README.md")
    given = parser.parse_args()
    export(given.trained, given.base, given.out, given.card)
    for path in sorted(path for path in given.out.rglob("*") if path.is_file()):
        print(f"{path.stat().st_size:>12,}  {path.relative_to(given.out)}")


if __name__ == "__main__":
    main()
