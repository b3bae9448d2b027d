"""Reading examples as tokens, and tokens as batches of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Encoding, Tokenizer
from torch import Tensor

from training.reading_sets import ReadingExample

_POOL = 512  # examples sorted by length together: padding costs 3 %, order stays by chance
_NOWHERE = 0  # the first token stands for "not here" (Devlin et al. 2019, section 4.3)


@dataclass(frozen=True, slots=True)
class Tokens:
    """An example as the model sees it; `start` and `end` are tokens, both 0 for no answer.

    Only tokens from `first` on are text that may be quoted; before them stand question and context.
    """

    ids: list[int]
    first: int
    start: int
    end: int


def tokens_of(tokenizer: Tokenizer, example: ReadingExample) -> Tokens:
    """Return the tokens of question and text, cut at the tokenizer's length."""
    head = f"{example.context}\n" if example.context else ""
    encoding = tokenizer.encode(example.question, head + example.text)
    inside = [n for n, part in enumerate(encoding.sequence_ids) if part == 1]
    first = next((n for n in inside if encoding.offsets[n][1] > len(head)), len(encoding.ids))
    start, end = _answer(encoding, inside, example, len(head))
    return Tokens(encoding.ids, first, start, end)


def _answer(
    encoding: Encoding, inside: list[int], example: ReadingExample, shift: int
) -> tuple[int, int]:
    """First and last token of the answer; nowhere where it was cut off."""
    if example.answer is None:
        return _NOWHERE, _NOWHERE
    left, right = example.answer.start + shift, example.answer.end + shift
    covered = [
        n
        for n in inside
        if encoding.offsets[n][0] < right
        and encoding.offsets[n][1] > left
        and encoding.offsets[n][1] > encoding.offsets[n][0]
    ]
    return (covered[0], covered[-1]) if covered else (_NOWHERE, _NOWHERE)


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tokens: `ids`, `attention` and `quotable` are (windows, tokens), the rest (windows,).

    `quotable` is True for the text's tokens and for the first, which stands for no answer.
    """

    ids: Tensor
    attention: Tensor
    quotable: Tensor
    start: Tensor
    end: Tensor


def batches(rows: Sequence[Tokens], budget: int, pad: int, random: Random) -> Iterator[Batch]:
    """Yield all rows once in batches of at most `budget` padded tokens, in an order of chance."""
    order = list(rows)
    random.shuffle(order)
    for begin in range(0, len(order), _POOL):
        pool = sorted(order[begin : begin + _POOL], key=lambda row: len(row.ids))
        groups = list(_filled(pool, budget))
        random.shuffle(groups)
        yield from (_padded(group, pad) for group in groups)


def _filled(pool: Sequence[Tokens], budget: int) -> Iterator[list[Tokens]]:
    """Runs of rows, ascending in length, that fit the budget when padded to their longest."""
    group: list[Tokens] = []
    for row in pool:
        if group and (len(group) + 1) * len(row.ids) > budget:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


def _padded(group: Sequence[Tokens], pad: int) -> Batch:
    """One batch."""
    width = max(len(row.ids) for row in group)
    ids = torch.tensor([row.ids + [pad] * (width - len(row.ids)) for row in group])
    lengths = torch.tensor([len(row.ids) for row in group]).unsqueeze(1)
    first = torch.tensor([row.first for row in group]).unsqueeze(1)
    place = torch.arange(width).unsqueeze(0)
    attention = place < lengths
    return Batch(
        ids=ids,
        attention=attention.long(),
        quotable=((place < lengths - 1) & (place >= first)) | (place == _NOWHERE),
        start=torch.tensor([row.start for row in group]),
        end=torch.tensor([row.end for row in group]),
    )
