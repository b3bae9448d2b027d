"""Everything the reader is trained on, pass by pass."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from random import Random

from tokenizers import Tokenizer

from training.batches import Tokens, tokens_of
from training.folders import Folder, opened
from training.near_misses import Words, near_miss, words_of
from training.reading_sets import ReadingExample, cropped, read_paragraphs
from training.report_windows import report_examples

_UNANSWERABLE = 0.45  # of the unanswerable questions of the reading sets, drawn anew each pass
_REPLAYED = 0.3  # of the reading sets while training on reports
_NEAR_MISSES = 0.4  # of the windows that answer, shown again under a question they do not
_NEGATIVES = 4  # windows without the answer for each question over reports


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
    paths: Sequence[Path], work: Path, tokenizer: Tokenizer, random: Random, passes: int
) -> list[list[Tokens]]:
    """Return the passes over the questions of report folders, windows drawn anew for each."""
    rows: list[list[Tokens]] = [[] for _ in range(passes)]
    numbers = count(1)
    for folder in opened(paths, work):
        words = words_of(folder)
        for number in range(passes):
            for question in folder.questions:
                asked = next(numbers)
                for example in report_examples(folder, question, random, _NEGATIVES):
                    rows[number].append(tokens_of(tokenizer, example, asked))
                    missed = _missed(folder, words, example, random)
                    rows[number] += [tokens_of(tokenizer, one) for one in missed]
    return rows


def _missed(
    folder: Folder, words: Words, example: ReadingExample, random: Random
) -> list[ReadingExample]:
    """A near miss of a window that answers, for some of them."""
    if not example.answer or random.random() >= _NEAR_MISSES:
        return []
    missed = near_miss(example, words, folder.index.segmenter, random)
    return [missed] if missed else []
