"""The reader's loss: in each window, and among the windows of a question."""

from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from training.batches import Batch, Tokens, batches
from training.train_reader import loss_of


class Logits:
    """Stands for a model: gives every window the logits it was made with."""

    def __init__(self, logits: Tensor) -> None:
        self._logits = logits

    def __call__(self, **_: Tensor) -> Any:  # noqa: ANN401 - as the library's models
        """The same logits for first and last tokens."""
        return SimpleNamespace(start_logits=self._logits, end_logits=self._logits)


def batch_of(question: int) -> Batch:
    """An answer at token 3, and another window of the same length without one."""
    rows = [Tokens([4] * 6, 2, 3, 3, question), Tokens([5] * 6, 2, 0, 0, question)]
    (batch,) = batches(rows, 100, 1, Random(0))
    return batch


def loss(question: int, elsewhere: float) -> float:
    """The loss where a token of the other window has the logit `elsewhere`, its "not here" 20."""
    batch = batch_of(question)
    logits = torch.zeros(2, 6)
    answered = int(batch.start.argmax())
    logits[answered, 3], logits[1 - answered, 4], logits[1 - answered, 0] = 9.0, elsewhere, 20.0
    return loss_of(Logits(logits), batch).item()  # type: ignore[arg-type]


def test_a_better_span_in_a_rival_window_costs() -> None:
    """Even where that window knows that it does not answer."""
    assert loss(question=7, elsewhere=8.0) > loss(question=7, elsewhere=-8.0) + 0.2


def test_windows_of_other_questions_are_no_rivals() -> None:
    """Each counts alone."""
    assert loss(question=0, elsewhere=8.0) == pytest.approx(loss(0, elsewhere=-8.0), abs=1e-3)


def test_a_batch_without_answers_has_no_more_than_its_windows_cost() -> None:
    """There is nothing to prefer."""
    (batch,) = batches([Tokens([4] * 6, 2, 0, 0, 3)], 100, 1, Random(0))
    found = loss_of(Logits(torch.zeros(1, 6)), batch)  # type: ignore[arg-type]
    assert found.item() == pytest.approx(torch.log(torch.tensor(4.0)).item())
