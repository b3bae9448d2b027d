"""The folder of a model: where it is, what its model wants before a text, and its fingerprint.

Nothing here imports the model's libraries, which takes seconds: whether an index is up to date can
be told without them.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError

from embeddings.types import ModelUnreadable

SHIPPED_NAME = "wenju-encoder-zh-en-q4"
_FORMER_NAMES = ("multilingual-e5-small-zh-en-q4",)  # of shipped models: indexes still name them
SHIPPED_FOLDER = Path(__file__).parent / "model"
_MODEL_FILES = ("*.json", "*.safetensors", "*.txt", "*.model")  # all that decides the vectors
_PROMPTS = "config_sentence_transformers.json"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model wants before a question and before a passage."""

    question: str = ""
    passage: str = ""


_FAMILIES: Mapping[str, Prefixes] = {
    # Model card of intfloat/multilingual-e5-large-instruct; a task goes before questions only.
    r"\be5-.*instruct": Prefixes(
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\n"
        "Query: "
    ),
    # Model card of intfloat/multilingual-e5-small: both are needed, or quality falls.
    r"\be5-": Prefixes("query: ", "passage: "),
    # Model card of BAAI/bge-large-zh-v1.5: before questions only.
    r"\bbge-\w+-zh": Prefixes("为这个句子生成表示以用于检索相关文章："),
}  # by pattern in the name, the first that fits; bge-m3, gte, m3e and text2vec want none


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A sentence-transformers model on disk; by its name it is found again from anywhere."""

    name: str
    path: Path
    prefixes: Prefixes

    @classmethod
    def find(cls, model: str | Path | None = None) -> Self:
        """Return the shipped model's folder, or the one named: a folder, or a name on the hub.

        The shipped one goes by its own name, too, and by those that shipped ones had before.

        A folder never touches the network. ModelUnreadable where there is no such model.
        """
        shipped = model is None or str(model) in (SHIPPED_NAME, *_FORMER_NAMES)
        name, path = (SHIPPED_NAME, SHIPPED_FOLDER) if shipped else _found(str(model))
        if not (path / "modules.json").is_file():
            raise ModelUnreadable(
                f"不是 sentence-transformers 模型（缺少 modules.json）：{path}。请指定另一个。 / "
                f"Not a sentence-transformers model (no modules.json): {path}. Name another one."
            )
        return cls(name, path, _own_prefixes(path) or family_prefixes(name))

    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits of a SHA-256 over all that decides the vectors.

        That is the content of the model's files and the prefixes, not where the folder lies.
        """
        prefixes = f"{self.prefixes.question}\0{self.prefixes.passage}\0"
        digest = hashlib.sha256(prefixes.encode())
        for path in sorted({p for pattern in _MODEL_FILES for p in self.path.rglob(pattern)}):
            with path.open("rb") as content:
                digest.update(path.relative_to(self.path).as_posix().encode())
                digest.update(hashlib.file_digest(content, "sha256").digest())
        return digest.hexdigest()[:16]


def family_prefixes(name: str) -> Prefixes:
    """Return what the model family that `name`, a hub name or a folder, belongs to wants."""
    own_name = Path(name).name.lower()
    fitting = (wanted for pattern, wanted in _FAMILIES.items() if re.search(pattern, own_name))
    return next(fitting, Prefixes())


def _own_prefixes(path: Path) -> Prefixes | None:
    """The prompts in the model's own files, if any, by the keys of sentence-transformers."""
    try:
        prompts = json.loads((path / _PROMPTS).read_text("utf-8")).get("prompts") or {}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError) as error:
        raise ModelUnreadable(
            f"无法读取模型：{path / _PROMPTS}（{error}）。请重新下载或重新生成该文件夹。 / "
            f"Could not read the model in {path}. Fetch or make that folder again."
        ) from error
    passages = filter(None, map(prompts.get, ("document", "passage", "corpus")))
    own = Prefixes(prompts.get("query") or "", next(passages, ""))
    return own if own != Prefixes() else None


def _found(model: str) -> tuple[str, Path]:
    """Name and path of a folder, or of the hub's copy of that name, which is fetched if need be."""
    folder = Path(model).expanduser().absolute()
    if folder.is_dir():
        return str(folder), folder
    try:
        return model, Path(snapshot_download(model, allow_patterns=list(_MODEL_FILES)))
    except (HFValidationError, HfHubHTTPError, OSError) as error:
        raise ModelUnreadable(
            f"找不到模型：{model}。既没有这个文件夹，也无法按此名称下载；"
            "请检查路径和网络，或不指定模型以使用自带的模型。 / "
            f"Model not found: {model}. There is no such folder, and no model of that name could "
            "be fetched; check path and network, or name no model to use the shipped one."
        ) from error
