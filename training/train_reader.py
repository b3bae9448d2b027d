"""Trains the reader: `python -m training.train_reader STAGE --out FOLDER ...`.

Stage `reading` takes the lower layers of the shipped encoder and trains them on reading sets; stage
`reports` goes on from there (`--start`) with windows of reports, through the rounding to 4 bits. A
run that is stopped goes on from its last checkpoint when it is started again.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import AutoModelForQuestionAnswering, BertForQuestionAnswering

import embeddings.quantized  # noqa: F401 - teaches transformers the 4-bit format of the encoder
from training.batches import Batch, Tokens, batches
from training.folders import opened, refuse_held_out
from training.loop import BASE, Plan, Step, Trainer, without_dropout
from training.reader_data import reading_rows, report_rows

LAYERS = 8
LONGEST = 320  # tokens of question, context and text together
_MASKED = -1e4
PLANS = {
    "reading": Plan(rate=3e-4, passes=3, decay_to=0.3),
    "reports": Plan(rate=1.5e-4, passes=2, as_shipped=True),
}


def reader(folder: Path, layers: int = LAYERS) -> BertForQuestionAnswering:
    """Return the reader in a folder, or the lower layers of an encoder under an untrained head.

    The embeddings are frozen: their 4-bit values ship unchanged. There is no dropout: a text is
    seen three times at most, cut anew each time.
    Attention is computed step by step, which is faster backwards than the fused kernel.
    """
    model: BertForQuestionAnswering = AutoModelForQuestionAnswering.from_pretrained(
        folder, num_hidden_layers=layers, attn_implementation="eager"
    )
    model.bert.embeddings.requires_grad_(False)
    without_dropout(model)
    return model


def tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer of a model's folder, cutting texts at `LONGEST`, without padding."""
    loaded = Tokenizer.from_file(str(folder / "tokenizer.json"))
    loaded.no_padding()
    loaded.enable_truncation(LONGEST, strategy="only_second")
    return loaded


def loss_of(model: BertForQuestionAnswering, batch: Batch) -> Tensor:
    """Return the mean cross-entropy of first and last token, a float32 scalar."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = model(input_ids=batch.ids, attention_mask=batch.attention)
    first = out.start_logits.float().masked_fill(~batch.quotable, _MASKED)
    last = out.end_logits.float().masked_fill(~batch.quotable, _MASKED)
    return (cross_entropy(first, batch.start) + cross_entropy(last, batch.end)) / 2


def steps(passes: Sequence[Sequence[Tokens]], plan: Plan, pad: int) -> Iterator[Step[Batch]]:
    """Yield the batches of all passes; the same ones whenever they are asked for."""
    total = sum(len(row.ids) for rows in passes for row in rows)
    done = 0
    for n, rows in enumerate(passes):
        for batch in batches(rows, plan.budget, pad, Random(plan.seed + n)):
            done += int(batch.attention.sum())
            yield Step(batch, done / total)


def main() -> None:
    """Run one stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stage", choices=sorted(PLANS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, default=BASE, help="where to go on from")
    parser.add_argument("--reading", type=Path, nargs="*", default=[], help="SQuAD files")
    parser.add_argument("--reports", type=Path, nargs="*", default=[], help="report folders")
    parser.add_argument("--rephrased", type=Path, help="a file a folder: the same in other words")
    parser.add_argument("--near-misses", type=Path, help="a file a folder: what nothing answers")
    parser.add_argument("--work", type=Path, default=Path("data/fit"))
    given = parser.parse_args()
    refuse_held_out(given.reports)
    plan = PLANS[given.stage]
    torch.manual_seed(plan.seed)
    words, random = tokenizer(BASE), Random(plan.seed)
    folders = opened(given.reports, given.work, given.rephrased, given.near_misses)
    reports = report_rows(folders, words, random, plan.passes)
    passes = [[*reading_rows(given.reading, words, random, given.stage), *rows] for rows in reports]
    print("windows", [len(rows) for rows in passes], flush=True)
    model = reader(given.start)
    trainer = Trainer(model, plan, given.out)
    trainer.run(steps(passes, plan, model.config.pad_token_id or 0), lambda b: loss_of(model, b))


if __name__ == "__main__":
    main()
