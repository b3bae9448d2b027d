"""Text to vectors through sentence-transformers: the shipped encoder or any other."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

import embeddings.quantized  # noqa: F401 - teaches transformers the 4-bit format of the shipped one
from embeddings.types import FloatArray

SHIPPED_NAME = "multilingual-e5-small-zh-en-q4"
SHIPPED_FOLDER = Path(__file__).parent / "model"
_BATCH = (
    16  # measured on 2 cores: 8 to 32 are within noise of each other, 64 is slower on long text
)
_MODEL_FILES = ("*.json", "*.safetensors", "*.txt", "*.model")  # all that decides the vectors
_BROKEN_MODEL = (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError)


class ModelUnreadable(Exception):
    """The encoder could not be loaded; the text says what to do."""


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


class SentenceEncoder:
    """An `Encoder` that runs a sentence-transformers model.

    Threads may share it, and it takes no lock: beside a rebuild in the same process a question
    takes some 90 ms instead of 30, where waiting for the batch in hand would take a second.
    """

    def __init__(self, model: SentenceTransformer, name: str, folder: Path) -> None:
        self.name = name
        self._model = model
        self._prefixes = _own_prefixes(model.prompts) or family_prefixes(name)
        self._token_counts = _token_counter(model)
        # Asked of a vector: not every model knows its width, and a first call is slow.
        self.dimensions = len(model.encode_query("?", show_progress_bar=False))
        self.fingerprint = _fingerprint(folder, self._prefixes)

    @classmethod
    def load(cls, model: str | Path | None = None) -> Self:
        """Return the shipped encoder, or the one in a folder or under a hub name; slow.

        A folder, the shipped one included, never touches the network. ModelUnreadable where there
        is no model or it cannot be read.
        """
        disable_progress_bar()  # type: ignore[no-untyped-call] # transformers leaves it so
        name = SHIPPED_NAME if model is None else str(model)
        folder = SHIPPED_FOLDER if model is None else _find_folder(model)
        return cls(_read(folder), name, folder)

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return float32 unit rows, shape (len(texts), dimensions), for questions."""
        return self._encode(texts, self._model.encode_query, self._prefixes.question)

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return float32 unit rows, shape (len(texts), dimensions), for text to be found.

        `on_batch` is called after each batch with the number of texts in it.
        """
        return self._encode(texts, self._model.encode_document, self._prefixes.passage, on_batch)

    def _encode(
        self,
        texts: Sequence[str],
        encode: Callable[..., FloatArray],
        prefix: str,
        on_batch: Callable[[int], None] | None = None,
    ) -> FloatArray:
        """Texts of like length share a batch: padding costs 2 %; sorted by characters, 17 %."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        counts = self._token_counts(texts)
        longest_first = sorted(range(len(texts)), key=lambda row: -counts[row])
        for start in range(0, len(texts), _BATCH):
            rows = longest_first[start : start + _BATCH]
            batch = [texts[row] for row in rows]
            vectors[rows] = encode(
                batch, prompt=prefix, show_progress_bar=False, normalize_embeddings=True
            )
            if on_batch is not None:
                on_batch(len(rows))
        return vectors


def family_prefixes(name: str) -> Prefixes:
    """Return what the model family that `name`, a hub name or a folder, belongs to wants."""
    own_name = Path(name).name.lower()
    fitting = (wanted for pattern, wanted in _FAMILIES.items() if re.search(pattern, own_name))
    return next(fitting, Prefixes())


def _own_prefixes(prompts: Mapping[str, str | None]) -> Prefixes | None:
    """The prompts in the model's own files, if any, by the keys of sentence-transformers."""
    passages = filter(None, map(prompts.get, ("document", "passage", "corpus")))
    own = Prefixes(prompts.get("query") or "", next(passages, ""))
    return own if own != Prefixes() else None


def _token_counter(model: SentenceTransformer) -> Callable[[Sequence[str]], list[int]]:
    """How long texts are to the model; in characters where its tokenizer is of another kind.

    It works on a copy of the tokenizer: padding is a setting of the tokenizer itself, and changing
    it would change the batch that another thread encodes.
    """
    tokenizer = model.tokenizer
    if not isinstance(tokenizer, PreTrainedTokenizerFast):
        return lambda texts: [len(text) for text in texts]
    copy = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    copy.no_padding()
    return lambda texts: [len(encoding.ids) for encoding in copy.encode_batch(list(texts))]


def _find_folder(model: str | Path) -> Path:
    """The folder itself, or where the hub's copy of that name is kept; fetched if need be."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    try:
        return Path(snapshot_download(str(model), allow_patterns=list(_MODEL_FILES)))
    except (HFValidationError, HfHubHTTPError, OSError) as error:
        raise ModelUnreadable(
            f"找不到模型：{model}。既没有这个文件夹，也无法按此名称下载；"
            "请检查路径和网络，或不指定模型以使用自带的模型。 / "
            f"Model not found: {model}. There is no such folder, and no model of that name could "
            "be fetched; check path and network, or name no model to use the shipped one."
        ) from error


def _read(folder: Path) -> SentenceTransformer:
    """The model in `folder`, its weights from safetensors only: pickled ones could run code."""
    if not (folder / "modules.json").is_file():
        raise ModelUnreadable(
            f"不是 sentence-transformers 模型（缺少 modules.json）：{folder}。请指定另一个模型。 / "
            f"Not a sentence-transformers model (no modules.json): {folder}. Name another one."
        )
    try:
        return SentenceTransformer(
            str(folder), local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except _BROKEN_MODEL as error:
        raise ModelUnreadable(
            f"无法读取模型：{folder}（{error}）。请重新下载或重新生成该文件夹。 / "
            f"Could not read the model in {folder}. Fetch or make that folder again."
        ) from error


def _fingerprint(folder: Path, prefixes: Prefixes) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over all that decides the vectors.

    That is the content of the model's files and the prefixes, not where the folder lies.
    """
    digest = hashlib.sha256(f"{prefixes.question}\0{prefixes.passage}\0".encode())
    for path in sorted({path for pattern in _MODEL_FILES for path in folder.rglob(pattern)}):
        with path.open("rb") as content:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:16]
