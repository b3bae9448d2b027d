"""The training loop of both models: schedule, steps, checkpoints that a later run goes on from."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import PreTrainedModel

from training.q4 import as_shipped, quantized_weights

T = TypeVar("T")
BASE = Path("data/base")  # where training.export_encoder writes the untrained encoder
_CHECKPOINT = "checkpoint.safetensors"
_SHOWN_EVERY = 50  # steps
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a stage trains: `rate` is the peak learning rate, `decay_to` the share left at the end.

    `budget` is in padded tokens a batch, `save_every` in steps. `as_shipped` trains through the
    rounding to 4 bits.
    """

    rate: float
    passes: int
    budget: int = 4096
    warm_up: float = 0.06
    decay_to: float = 0.02
    weight_decay: float = 0.01
    seed: int = 20261122
    save_every: int = 200
    as_shipped: bool = False

    def rate_at(self, done: float) -> float:
        """Return the learning rate when a share `done` is behind: up, then down, each in a line."""
        if done < self.warm_up:
            return self.rate * done / self.warm_up
        left = (1 - done) / (1 - self.warm_up)
        return self.rate * (self.decay_to + (1 - self.decay_to) * left)


@dataclass(frozen=True, slots=True)
class Step(Generic[T]):
    """A batch, and the share of the whole training that is done once it is."""

    batch: T
    done: float


def without_dropout(model: nn.Module) -> None:
    """Turn all dropout off, which takes a tenth of the time on a CPU."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


class Trainer:
    """AdamW over the parameters of a model that are not frozen, kept in a folder as it goes."""

    def __init__(self, model: PreTrainedModel, plan: Plan, folder: Path) -> None:
        self._model, self._plan, self._folder = model, plan, folder
        self._trained = [p for p in model.parameters() if p.requires_grad]
        self._rounded = [p for p in quantized_weights(model).values() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._trained, lr=plan.rate, weight_decay=plan.weight_decay, fused=True
        )

    def run(self, steps: Iterable[Step[T]], loss_of: Callable[[T], Tensor]) -> None:
        """Take all steps that an earlier run has not; the weights stand in the folder after it."""
        before, number, started = self._restored(), 0, time.monotonic()
        losses: list[float] = []
        self._model.train()
        for number, step in enumerate(steps, 1):
            if number <= before:
                continue
            losses.append(self._step(step, loss_of))
            if number % _SHOWN_EVERY == 0:
                mean, seconds = sum(losses) / len(losses), time.monotonic() - started
                print(f"step {number} {step.done:.1%} loss {mean:.3f} {seconds:.0f} s", flush=True)
                losses = []
            if number % self._plan.save_every == 0:
                self._save(number)
        self._save(number)

    def _step(self, step: Step[T], loss_of: Callable[[T], Tensor]) -> float:
        """One step; returns the loss."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._plan.rate_at(step.done)
        with as_shipped(self._rounded if self._plan.as_shipped else []):
            loss = loss_of(step.batch)
            loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self._trained, _LARGEST_GRADIENT)
        self._optimizer.step()
        self._optimizer.zero_grad()
        return loss.item()

    def _save(self, number: int) -> None:
        """Write the model, and in one file, in one piece, what is needed to go on."""
        self._model.save_pretrained(self._folder)
        state = self._optimizer.state_dict()["state"]
        kept = {f"{n}.{key}": v for n, values in state.items() for key, v in values.items()}
        kept |= {f"{n}.weight": weight.detach() for n, weight in enumerate(self._trained)}
        aside = self._folder / "checkpoint.tmp"
        save_file(kept, aside, metadata={"step": str(number)})
        aside.replace(self._folder / _CHECKPOINT)

    def _restored(self) -> int:
        """Go on from the folder's checkpoint, if there is one; returns the steps done."""
        path = self._folder / _CHECKPOINT
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            return 0
        with safe_open(path, "pt") as kept:
            step = int(kept.metadata()["step"])
            state: dict[int, dict[str, Tensor]] = {}
            for name in kept.keys():  # noqa: SIM118 - not a mapping
                n, key = name.split(".")
                state.setdefault(int(n), {})[key] = kept.get_tensor(name)
        for n, parameter in enumerate(self._trained):
            parameter.data.copy_(state[n].pop("weight"))
        self._optimizer.load_state_dict(self._optimizer.state_dict() | {"state": state})
        return step
