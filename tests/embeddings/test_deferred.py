"""An encoder that is loaded when it is first needed."""

import subprocess
import sys

import numpy as np
import pytest

from embeddings.deferred import DeferredEncoder
from embeddings.encoder import SentenceEncoder
from embeddings.types import ModelUnreadable

_IMPORTED = """
import sys
from embeddings.deferred import DeferredEncoder
import embeddings.build
DeferredEncoder().fingerprint
sys.exit("torch" in sys.modules)
"""


def test_it_is_the_encoder_that_it_loads() -> None:
    """Name, fingerprint, dimensions and vectors are those of the encoder itself."""
    deferred, loaded = DeferredEncoder(), SentenceEncoder.load()
    assert (deferred.name, deferred.fingerprint) == (loaded.name, loaded.fingerprint)
    assert deferred.dimensions == loaded.dimensions
    texts = ["全年植树300棵。"]
    np.testing.assert_array_equal(deferred.encode_passages(texts), loaded.encode_passages(texts))
    np.testing.assert_array_equal(deferred.encode_questions(texts), loaded.encode_questions(texts))


def test_its_fingerprint_costs_no_import_of_the_libraries() -> None:
    """Whether there is anything to encode is known without torch."""
    subprocess.run([sys.executable, "-c", _IMPORTED], check=True)


def test_a_missing_model_is_told_at_once() -> None:
    """Not only when the first text is encoded."""
    with pytest.raises(ModelUnreadable, match="Model not found"):
        DeferredEncoder("nowhere/to-be-found")
