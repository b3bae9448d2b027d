"""What every implementation of a seam must do: one function checks the fake and the real one."""

import numpy as np
import pytest

from embeddings.types import Encoder

TEXTS = ["学习型城市", "", "a", "2024年，全市接待读者12.6万人次。" * 60, "学习型城市", "城市"]


def check_encoder(encoder: Encoder) -> None:
    """Assert that an `Encoder` gives what its protocol promises."""
    batches: list[int] = []
    passages = encoder.encode_passages(TEXTS, batches.append)
    questions = encoder.encode_questions(TEXTS)
    for rows in (passages, questions):
        assert rows.dtype == np.float32
        assert rows.shape == (len(TEXTS), encoder.dimensions)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)
    assert sum(batches) == len(TEXTS)
    alone = encoder.encode_passages(TEXTS[:1])
    assert passages[4] == pytest.approx(passages[0], abs=1e-4)
    assert alone[0] == pytest.approx(passages[0], abs=1e-4)  # its batch does not change a vector
    assert passages[0] @ passages[5] > passages[0] @ passages[2]
    assert encoder.encode_passages([]).shape == (0, encoder.dimensions)
    assert encoder.fingerprint
    assert encoder.name
