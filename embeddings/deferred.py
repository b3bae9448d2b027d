"""An encoder that is loaded when there is something to encode, and not before."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from embeddings.model_folder import ModelFolder
from embeddings.types import Encoder, FloatArray


class DeferredEncoder:
    """An `Encoder` that knows its fingerprint at once and loads its model at the first text.

    A rebuild that finds nothing new to encode ends before the model's libraries are even imported.
    For one thread: a service loads its encoder before it answers.
    """

    def __init__(self, model: str | Path | None = None) -> None:
        """Find the model as `SentenceEncoder.load` does; ModelUnreadable where there is none."""
        folder = ModelFolder.find(model)
        self._model = model
        self.name = folder.name
        self.fingerprint = folder.fingerprint()

    @property
    def dimensions(self) -> int:
        """Length of one vector; loads the model."""
        return self._encoder.dimensions

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return float32 unit rows, shape (len(texts), dimensions), for questions."""
        return self._encoder.encode_questions(texts)

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return float32 unit rows, shape (len(texts), dimensions), for text to be found."""
        return self._encoder.encode_passages(texts, on_batch)

    @functools.cached_property
    def _encoder(self) -> Encoder:
        from embeddings.encoder import SentenceEncoder  # importing it is the slow part

        return SentenceEncoder.load(self._model)
