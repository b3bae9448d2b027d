"""The training loop: its learning rate, and that a run which was killed loses nothing."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from torch import Tensor
from transformers import BertConfig, BertForQuestionAnswering

from training.batches import Batch, Tokens
from training.loop import Plan, Step, Trainer
from training.train_reader import loss_of, steps

_PLAN = Plan(rate=1e-2, passes=2, budget=24, save_every=2, as_shipped=True)
_ROWS = [Tokens([2, 5 + n, 9, 11 + n % 3, 12, 3], 2, 3, 3 + n % 2) for n in range(12)]
_STEPS = 6


class Killed(Exception):
    """Stands for the end of the process."""


class DyingReader(BertForQuestionAnswering):  # type: ignore[no-untyped-call]
    """Dies during its second checkpoint, when the weights are written and nothing else is."""

    saved = 0

    def save_pretrained(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - as it is there
        """Write the weights, and die the second time."""
        super().save_pretrained(*given, **named)
        self.saved += 1
        if self.saved == 2:
            raise Killed


def tiny(
    kind: type[BertForQuestionAnswering] = BertForQuestionAnswering,
) -> BertForQuestionAnswering:
    """A random reader of two narrow layers, always the same."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=40,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=16,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return kind(config)


def all_steps() -> list[Step[Batch]]:
    """The steps of a run."""
    made = list(steps([_ROWS, _ROWS], _PLAN, 1))
    assert len(made) == _STEPS
    return made


def run(
    folder: Path, model: BertForQuestionAnswering, killed_after: int | None = None
) -> dict[str, Tensor]:
    """Train to the end, or until the loss has been asked for so often; returns the weights."""
    left = killed_after

    def loss(batch: Batch) -> Tensor:
        nonlocal left
        if left == 0:
            raise Killed
        left = None if left is None else left - 1
        return loss_of(model, batch)

    Trainer(model, _PLAN, folder).run(all_steps(), loss)
    return model.state_dict()


def same(left: dict[str, Tensor], right: dict[str, Tensor]) -> bool:
    """Whether two models have the same weights, to the last bit."""
    return left.keys() == right.keys() and all(torch.equal(left[n], right[n]) for n in left)


@pytest.mark.parametrize("steps_taken", [1, 2, 3, 5], ids=lambda n: f"after {n}")
def test_a_killed_run_ends_as_an_unbroken_one(tmp_path: Path, steps_taken: int) -> None:
    """Before the first checkpoint, at one, and between two."""
    unbroken = run(tmp_path / "unbroken", tiny())
    with pytest.raises(Killed):
        run(tmp_path / "broken", tiny(), steps_taken)
    assert same(run(tmp_path / "broken", tiny()), unbroken)


def test_a_run_killed_while_it_saves_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    """The last whole checkpoint counts, never one half of each."""
    unbroken = run(tmp_path / "unbroken", tiny())
    with pytest.raises(Killed):
        run(tmp_path / "broken", tiny(DyingReader))
    assert same(run(tmp_path / "broken", tiny()), unbroken)


def test_a_finished_run_takes_no_more_steps(tmp_path: Path) -> None:
    """Started again, it leaves the weights as they are."""
    finished = run(tmp_path, tiny())
    assert same(run(tmp_path, tiny(), killed_after=0), finished)


def test_frozen_parameters_stay(tmp_path: Path) -> None:
    """All others move."""
    model = tiny()
    model.bert.embeddings.requires_grad_(False)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    after = run(tmp_path, model)
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved == {name for name in before if ".embeddings." not in name}


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    """Also through the rounding to 4 bits."""
    model, batch = tiny(), all_steps()[0].batch
    before = loss_of(model, batch).item()
    run(tmp_path, model)
    assert loss_of(model, batch).item() < before


def test_the_rate_rises_and_falls() -> None:
    """From nearly nothing to the peak, and down to the share that is left at the end."""
    plan = Plan(rate=1.0, passes=1, warm_up=0.1, decay_to=0.2)
    assert plan.rate_at(0.05) == pytest.approx(0.5)
    assert plan.rate_at(0.1) == pytest.approx(1.0)
    assert plan.rate_at(0.55) == pytest.approx(0.6)
    assert plan.rate_at(1.0) == pytest.approx(0.2)


def test_the_share_done_grows_to_all_of_it() -> None:
    """Over all passes together, whatever the rows' order."""
    done = [step.done for step in all_steps()]
    assert done == sorted(done)
    assert done[-1] == 1.0


@pytest.mark.parametrize("seed", [1, 2])
def test_steps_are_the_same_whenever_they_are_asked_for(seed: int) -> None:
    """A run that goes on skips exactly those that were taken, whatever else draws by chance."""
    Random(seed).random()
    torch.manual_seed(seed)
    ids: Callable[[Step[Batch]], list[list[int]]] = lambda step: step.batch.ids.tolist()  # noqa: E731
    assert list(map(ids, all_steps())) == list(map(ids, all_steps()))
