"""Two steps of each stage of training, on a tiny random model: all parts fit together."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import Random
from typing import TypeVar

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import PreTrainedModel

from embeddings.model_folder import SHIPPED_FOLDER, ModelFolder
from training import train_encoder, train_reader
from training.batches import tokens_of
from training.encoder_data import Pair, folder_pairs, reading_pairs
from training.folders import Folder
from training.loop import Plan, Step, Trainer
from training.reader_data import reading_rows
from training.report_windows import report_examples

T = TypeVar("T")
_PAD = 1


def two_steps(
    model: PreTrainedModel,
    plan: Plan,
    folder: Path,
    steps: Iterable[Step[T]],
    loss_of: Callable[[T], Tensor],
) -> set[str]:
    """Take two steps, check that they stand in the folder; returns what moved."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    losses: list[float] = []

    def seen(batch: T) -> Tensor:
        loss = loss_of(batch)
        losses.append(loss.item())
        return loss

    Trainer(model, plan, folder).run(islice(steps, 2), seen)
    assert (folder / "checkpoint.safetensors").exists()
    assert bool(torch.tensor(losses).isfinite().all())
    assert len(losses) == 2
    kept = load_file(folder / "model.safetensors")
    assert all(torch.equal(kept[name], model.state_dict()[name]) for name in kept)
    return {name for name in before if not torch.equal(before[name], model.state_dict()[name])}


def test_both_stages_of_the_reader(
    tiny_encoder: Path, harbour: Folder, reading_set: Path, words: Tokenizer, tmp_path: Path
) -> None:
    """Reading sets first, then reports from where they ended; the embeddings never move."""
    random = Random(0)
    plan = replace(train_reader.PLANS["reading"], budget=300)
    rows = reading_rows([reading_set], words, random, "reading")
    model = train_reader.reader(tiny_encoder, layers=2)
    steps = train_reader.steps([rows], plan, _PAD)
    loss = train_reader.loss_of
    moved = two_steps(model, plan, tmp_path / "reading", steps, lambda b: loss(model, b))
    assert {"qa_outputs.weight", "bert.encoder.layer.1.output.dense.weight"} <= moved
    assert not any("embeddings" in name for name in moved)

    plan = replace(train_reader.PLANS["reports"], budget=600)
    rows = [
        tokens_of(words, example)
        for question in harbour.questions
        for example in report_examples(harbour, question, random, 3)
    ]
    later = train_reader.reader(tmp_path / "reading", layers=2)
    assert torch.equal(later.qa_outputs.weight, model.qa_outputs.weight)
    steps = train_reader.steps([rows], plan, _PAD)
    moved = two_steps(later, plan, tmp_path / "reports", steps, lambda b: loss(later, b))
    assert "qa_outputs.weight" in moved
    assert not any("embeddings" in name for name in moved)


def test_a_reader_is_cut_from_the_lower_layers(tiny_encoder: Path) -> None:
    """It has as many as asked for, and no dropout."""
    model = train_reader.reader(tiny_encoder, layers=1)
    assert len(model.bert.encoder.layer) == 1
    assert {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)} == {0.0}


def encoder_pairs(harbour: Folder, reading_set: Path) -> list[Pair]:
    """Pairs of both kinds."""
    random = Random(0)
    return [*reading_pairs([reading_set], random)] + [
        pair for _, pair in folder_pairs(harbour, random, 6, 2)
    ]


def encoder_steps(pairs: list[Pair]) -> Iterable[Step[train_encoder.Batch]]:
    """The steps of two passes over some pairs, with the encoder's tokenizer."""
    tokenizer = Tokenizer.from_file(str(SHIPPED_FOLDER / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=_PAD)
    prefixes = ModelFolder.find(SHIPPED_FOLDER).prefixes
    return train_encoder.steps([pairs] * 2, train_encoder.PLAN, tokenizer, prefixes)


def test_the_encoder(
    tiny_encoder: Path, harbour: Folder, reading_set: Path, tmp_path: Path
) -> None:
    """All layers move, the embeddings stay."""
    model = train_encoder.encoder(tiny_encoder)
    steps = encoder_steps(encoder_pairs(harbour, reading_set))
    moved = two_steps(
        model, train_encoder.PLAN, tmp_path, steps, lambda b: train_encoder.loss_of(model, b)
    )
    assert moved
    assert all(name.startswith("encoder.layer.") for name in moved)


def test_a_repeated_answer_is_no_negative() -> None:
    """Two questions with one answer in a batch do not push it away from each other."""
    pairs = [Pair("甲", "答一", ("错",)), Pair("乙", "答一", ()), Pair("丙", "答二", ("答一",))]
    step = next(iter(encoder_steps(pairs)))
    for own, marked in enumerate(step.batch.same.tolist()):
        assert not marked[own]
    assert int(step.batch.same.sum()) == 2 + 2  # each 答一 twice elsewhere, 答二 nowhere


def test_vectors_are_unit_rows_whatever_the_padding(tiny_encoder: Path) -> None:
    """A text has the same vector beside a longer one."""
    model = train_encoder.encoder(tiny_encoder)
    short = torch.tensor([[0, 50, 60, 2]])
    padded = torch.tensor([[0, 50, 60, 2, _PAD, _PAD], [0, 50, 60, 70, 80, 2]])
    with torch.inference_mode():
        alone = train_encoder.vectors(model, train_encoder.Padded(short, torch.ones_like(short)))
        attention = (padded != _PAD).long()
        beside = train_encoder.vectors(model, train_encoder.Padded(padded, attention))
    assert torch.allclose(alone.norm(dim=1), torch.ones(1), atol=1e-4)
    assert torch.allclose(alone[0], beside[0], atol=0.02)  # bfloat16
