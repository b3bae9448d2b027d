"""Copies the encoder into one with fewer layers: `python -m training.distil_encoder --out FOLDER`.

The smaller model starts with some of the layers of the larger one and learns to give every text the
vector that the larger one gives it; no question needs an answer for that. A run that is stopped
goes on from its last checkpoint when it is started again.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity
from transformers import BertModel

from embeddings.fusion import SHARE_OF_MEAN
from embeddings.model_folder import ModelFolder
from training.distil_data import other_texts, reading_texts, report_texts
from training.loop import BASE, Plan, Step, Trainer
from training.train_encoder import LONGEST, Padded, encoder, vectors

LAYERS = (0, 1, 3, 5, 7, 9, 11)  # of the larger model; every other one, as DistilBERT (Sanh 2019)
PLAN = Plan(rate=4e-4, passes=1, budget=3072, as_shipped=True)
_POOL = 512  # texts sorted by length together
_FOR_MEAN = 1024  # texts whose mean vector is the centre


@dataclass(frozen=True, slots=True)
class Pupil:
    """The smaller model, the larger one, and the centre that is taken off the vectors of both."""

    small: BertModel
    large: BertModel
    centre: Tensor

    def loss_of(self, texts: Padded) -> Tensor:
        """Return 1 - cosine of the vectors that two models give, centred as retrieval centres them.

        Uncentred, all cosines of this encoder are above 0.7, and little would be left to learn.
        """
        with torch.no_grad():
            wanted = vectors(self.large, texts) - self.centre
        given = vectors(self.small, texts) - self.centre
        return (1 - cosine_similarity(given, wanted)).mean()


def smaller(folder: Path, layers: Sequence[int]) -> BertModel:
    """Return the encoder in a folder with these of its layers only; its embeddings are frozen."""
    model = encoder(folder)
    model.encoder.layer = nn.ModuleList([model.encoder.layer[n] for n in layers])
    model.config.num_hidden_layers = len(layers)
    return model


def batches(
    tokenizer: Tokenizer, texts: Sequence[str], budget: int, random: Random
) -> Iterator[Padded]:
    """Yield all texts once, those of like length together, `budget` padded tokens at most."""
    order = list(texts)
    random.shuffle(order)
    for begin in range(0, len(order), _POOL):
        pool = tokenizer.encode_batch(order[begin : begin + _POOL])
        pool.sort(key=lambda encoding: len(encoding.ids))
        while pool:
            size = max(1, budget // len(pool[-1].ids))
            group, pool = pool[-size:], pool[:-size]
            width = len(group[-1].ids)
            for encoding in group:
                encoding.pad(width, pad_id=1)
            yield Padded(
                torch.tensor([encoding.ids for encoding in group]),
                torch.tensor([encoding.attention_mask for encoding in group]),
            )


def steps(tokenizer: Tokenizer, texts: Sequence[str], plan: Plan) -> Iterator[Step[Padded]]:
    """Yield the batches of all passes; the same ones whenever they are asked for."""
    total, done = plan.passes * len(texts), 0
    for n in range(plan.passes):
        for batch in batches(tokenizer, texts, plan.budget, Random(plan.seed + n)):
            done += len(batch.ids)
            yield Step(batch, done / total)


def centre_of(
    model: BertModel, tokenizer: Tokenizer, texts: Sequence[str], random: Random
) -> Tensor:
    """Return what retrieval takes off: a share of the mean vector, float32 (dimensions,)."""
    some = random.sample(list(texts), min(_FOR_MEAN, len(texts)))
    with torch.no_grad():
        rows = [vectors(model, batch) for batch in batches(tokenizer, some, PLAN.budget, random)]
    return SHARE_OF_MEAN * torch.cat(rows).mean(0)


def _texts(given: argparse.Namespace, random: Random) -> list[str]:
    """Everything to learn from, with the prefix of a question or a passage."""
    prefixes = ModelFolder.find(given.start).prefixes
    questions, passages = reading_texts(given.reading, random)
    for folder in given.reports:
        asked, said = report_texts(folder)
        questions, passages = questions + asked, passages + said
    passages += other_texts(given.texts)
    return [prefixes.question + text for text in dict.fromkeys(questions)] + [
        prefixes.passage + text for text in dict.fromkeys(passages)
    ]


def main() -> None:
    """Train on everything named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, default=BASE, help="the larger encoder")
    parser.add_argument("--layers", type=int, nargs="+", default=LAYERS)
    parser.add_argument("--reading", type=Path, nargs="*", default=[], help="SQuAD files")
    parser.add_argument("--reports", type=Path, nargs="*", default=[], help="report folders")
    parser.add_argument("--texts", type=Path, nargs="*", default=[], help="text files of any kind")
    given = parser.parse_args()
    torch.manual_seed(PLAN.seed)
    tokenizer = Tokenizer.from_file(str(given.start / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    texts = _texts(given, Random(PLAN.seed))
    print("texts", len(texts), flush=True)
    large = encoder(given.start).requires_grad_(False)
    centre = centre_of(large, tokenizer, texts, Random(PLAN.seed))
    pupil = Pupil(smaller(given.start, given.layers), large, centre)
    trainer = Trainer(pupil.small, PLAN, given.out)
    trainer.run(steps(tokenizer, texts, PLAN), pupil.loss_of)


if __name__ == "__main__":
    main()
