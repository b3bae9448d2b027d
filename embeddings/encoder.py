"""Text to vectors through sentence-transformers: the shipped encoder or any other."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import numpy as np
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

import embeddings.quantized  # noqa: F401 - teaches transformers the 4-bit format of the shipped one
from embeddings.model_folder import ModelFolder
from embeddings.types import FloatArray, ModelUnreadable

_BATCH = 16  # on 2 cores 8 to 32 are within noise of each other, 64 is slower on long text
_BROKEN_MODEL = (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError)


class SentenceEncoder:
    """An `Encoder` that runs a sentence-transformers model.

    Threads may share it, and it takes no lock: beside a rebuild in the same process a question
    takes some 90 ms instead of 30, where waiting for the batch in hand would take a second.
    """

    def __init__(self, model: SentenceTransformer, folder: ModelFolder) -> None:
        self.name = folder.name
        self._model = model
        self._prefixes = folder.prefixes
        self._token_counts = _token_counter(model)
        # Asked of a vector: not every model knows its width, and a first call is slow.
        self.dimensions = len(model.encode_query("?", show_progress_bar=False))
        self.fingerprint = folder.fingerprint()

    @classmethod
    def load(cls, model: str | Path | None = None) -> Self:
        """Return the shipped encoder, or the one in a folder or under a hub name; slow.

        A folder, the shipped one included, never touches the network. ModelUnreadable where there
        is no model or it cannot be read.
        """
        disable_progress_bar()  # type: ignore[no-untyped-call] # transformers leaves it so
        folder = ModelFolder.find(model)
        return cls(_read(folder.path), folder)

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


def _read(folder: Path) -> SentenceTransformer:
    """The model in `folder`, its weights from safetensors only: pickled ones could run code."""
    try:
        return SentenceTransformer(
            str(folder), local_files_only=True, model_kwargs={"use_safetensors": True}
        )
    except _BROKEN_MODEL as error:
        raise ModelUnreadable(
            f"无法读取模型：{folder}（{error}）。请重新下载或重新生成该文件夹。 / "
            f"Could not read the model in {folder}. Fetch or make that folder again."
        ) from error
