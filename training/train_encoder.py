"""Trains the encoder to put a question next to the sentence that answers it.

`python -m training.train_encoder --out FOLDER --reading FILE... --reports FOLDER...`: the layers
that `distil_encoder` left learn from questions with the sentence that answers and such that do not.
A run that is stopped goes on from its last checkpoint when it is started again.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize
from transformers import AutoModel, BertModel

import embeddings.quantized  # noqa: F401 - teaches transformers the 4-bit format of the encoder
from embeddings.model_folder import ModelFolder, Prefixes
from training.encoder_data import Pair, batches_of, reading_pairs, report_pairs
from training.folders import opened, refuse_held_out
from training.loop import BASE, Plan, Step, Trainer, without_dropout

_TEMPERATURE = 0.02
LONGEST = 128  # tokens of a sentence in its context
_PAIRS = 24  # in a batch: each question meets all its sentences
_NEGATIVES = 2
PLAN = Plan(rate=8e-5, passes=2, as_shipped=True)


@dataclass(frozen=True, slots=True)
class Padded:
    """Token ids and attention, both (texts, tokens)."""

    ids: Tensor
    attention: Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Questions, and all texts of their pairs; the answer of question n is text n.

    `same`, (questions, texts), marks other texts that answer a question, too.
    """

    questions: Padded
    texts: Padded
    same: Tensor


def encoder(folder: Path) -> BertModel:
    """Return the encoder in a folder without dropout; its embeddings ship as they are: frozen."""
    model: BertModel = AutoModel.from_pretrained(
        folder, add_pooling_layer=False, attn_implementation="eager"
    )
    model.embeddings.requires_grad_(False)
    without_dropout(model)
    return model


def vectors(model: BertModel, padded: Padded) -> Tensor:
    """Return unit rows, float32 (texts, dimensions): the mean over tokens, as E5 pools."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        hidden = model(input_ids=padded.ids, attention_mask=padded.attention).last_hidden_state
    mask = padded.attention.unsqueeze(2)
    return normalize((hidden.float() * mask).sum(1) / mask.sum(1), dim=1)


def loss_of(model: BertModel, batch: Batch) -> Tensor:
    """Return InfoNCE over all texts of the batch (van den Oord et al. 2018), a float32 scalar.

    Another text that answers the same question is no negative of it.
    """
    scores = vectors(model, batch.questions) @ vectors(model, batch.texts).T / _TEMPERATURE
    scores = scores.masked_fill(batch.same, float("-inf"))
    return cross_entropy(scores, torch.arange(len(scores)))


def steps(
    passes: Sequence[Sequence[Pair]], plan: Plan, tokenizer: Tokenizer, prefixes: Prefixes
) -> Iterator[Step[Batch]]:
    """Yield the batches of all passes; the same ones whenever they are asked for."""
    total, done = sum(map(len, passes)), 0
    for n, pairs in enumerate(passes):
        for group in batches_of(pairs, _PAIRS, Random(plan.seed + n)):
            done += len(group)
            yield Step(_batch(group, tokenizer, prefixes), done / total)


def _batch(group: Sequence[Pair], tokenizer: Tokenizer, prefixes: Prefixes) -> Batch:
    """One batch: first the answers in the order of the questions, then all negatives."""
    texts = [pair.positive for pair in group]
    texts += chain.from_iterable(pair.negatives for pair in group)
    answers = [{other.positive for other in group if other.question == p.question} for p in group]
    same = [
        [text in answers[own] and n != own for n, text in enumerate(texts)]
        for own in range(len(group))
    ]
    return Batch(
        questions=_padded(tokenizer, [prefixes.question + pair.question for pair in group]),
        texts=_padded(tokenizer, [prefixes.passage + text for text in texts]),
        same=torch.tensor(same),
    )


def _padded(tokenizer: Tokenizer, texts: list[str]) -> Padded:
    """Texts as tokens of one length."""
    encodings = tokenizer.encode_batch(texts)
    return Padded(
        torch.tensor([encoding.ids for encoding in encodings]),
        torch.tensor([encoding.attention_mask for encoding in encodings]),
    )


def main() -> None:
    """Train on everything named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, default=BASE, help="the encoder to go on from")
    parser.add_argument("--reading", type=Path, nargs="*", default=[], help="SQuAD files")
    parser.add_argument("--reports", type=Path, nargs="*", default=[], help="report folders")
    parser.add_argument("--repeats", type=int, default=3, help="report questions a pass, times")
    parser.add_argument("--rephrased", type=Path, help="a file a folder: the same in other words")
    parser.add_argument("--work", type=Path, default=Path("data/fit"))
    given = parser.parse_args()
    refuse_held_out(given.reports)
    torch.manual_seed(PLAN.seed)
    tokenizer = Tokenizer.from_file(str(given.start / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=1)
    tokenizer.enable_truncation(LONGEST)
    passes = _passes(given, Random(PLAN.seed))
    print("pairs", [len(pairs) for pairs in passes], flush=True)
    model = encoder(given.start)
    prefixes = ModelFolder.find(given.start).prefixes
    trainer = Trainer(model, PLAN, given.out)
    trainer.run(steps(passes, PLAN, tokenizer, prefixes), lambda batch: loss_of(model, batch))


def _passes(given: argparse.Namespace, random: Random) -> list[list[Pair]]:
    """Every pair of the reading sets once in all; questions over reports several times a pass."""
    reading = reading_pairs(given.reading, random)
    random.shuffle(reading)
    folders = opened(given.reports, given.work, given.rephrased)
    reports = report_pairs(folders, random, PLAN.passes * given.repeats, _NEGATIVES)
    return [
        [
            *reading[n :: PLAN.passes],
            *chain.from_iterable(reports[n * given.repeats : (n + 1) * given.repeats]),
        ]
        for n in range(PLAN.passes)
    ]


if __name__ == "__main__":
    main()
