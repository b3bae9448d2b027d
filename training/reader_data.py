"""Everything the reader is trained on, pass by pass."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from training.batches import Tokens, tokens_of
from training.folders import Folder
from training.near_misses import Words, near_miss, words_of
from training.reading_sets import ReadingExample, cropped, read_paragraphs
from training.report_windows import report_examples

_UNANSWERABLE = 0.45  # of the unanswerable questions of the reading sets, drawn anew each pass
_REPLAYED = 0.45  # of the reading sets while training on reports
_NEAR_MISSES = 0.3  # of the windows that answer, shown again under a question that they do not
_NEGATIVES = 2  # windows without the answer for each question over reports


def reading_rows(
    paths: Sequence[Path], tokenizer: Tokenizer, random: Random, stage: str
) -> list[Tokens]:
    """Return one pass over the reading sets; a part of them in the stage `reports`."""
    share = 1.0 if stage == "reading" else _REPLAYED
    drawn = [
        paragraph
        for path in paths
        for paragraph in read_paragraphs(path)
        if random.random() < share * (1 if paragraph.answer else _UNANSWERABLE)
    ]
    return [tokens_of(tokenizer, cropped(paragraph, random)) for paragraph in drawn]


def report_rows(
    folders: Iterable[Folder], tokenizer: Tokenizer, random: Random, passes: int
) -> list[list[Tokens]]:
    """Return the passes over the questions of report folders, windows drawn anew for each."""
    rows: list[list[Tokens]] = [[] for _ in range(passes)]
    for folder in folders:
        words = words_of(folder)
        for number in range(passes):
            rows[number] += [
                tokens_of(tokenizer, example) for example in _examples(folder, words, random)
            ]
    return rows


def _examples(folder: Folder, words: Words, random: Random) -> Iterator[ReadingExample]:
    """One pass over a folder: the windows of its questions, and near misses of some."""
    for question in folder.questions:
        for example in report_examples(folder, question, random, _NEGATIVES):
            yield example
            if example.answer and random.random() < _NEAR_MISSES:
                missed = near_miss(example, words, folder.index.segmenter, random)
                yield from [missed] if missed else []
