"""Questions, each with a sentence that answers and some that do not: the encoder's training."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from corpus.text import bigrams, normalize, sentences
from corpus.types import Span
from corpus.years import with_full_years
from embeddings.texts import sentence_texts
from qa.evaluation import GoldQuestion
from training.folders import Folder, tells_of_answer
from training.reading_sets import Paragraph, read_paragraphs

_CLOSE = 30  # sentences that retrieval ranks so high may serve as negatives
_SHORTEST = 6  # characters of a sentence that says something


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, the text that answers it, and texts that look like it and do not."""

    question: str
    positive: str
    negatives: tuple[str, ...]


def reading_pairs(paths: Sequence[Path], random: Random) -> list[Pair]:
    """Return a pair for each answerable question; half of them with the paragraph's title."""
    return [
        pair
        for path in paths
        for paragraph in read_paragraphs(path)
        if (pair := _reading_pair(paragraph, random))
    ]


def _reading_pair(paragraph: Paragraph, random: Random) -> Pair | None:
    """The sentence with the answer, and that of the others which shares most with the question."""
    if paragraph.answer is None:
        return None
    middle = (paragraph.answer.start + paragraph.answer.end) // 2
    spans = [s for s in sentences(paragraph.text) if s.end - s.start >= _SHORTEST]
    holding = [s for s in spans if s.start <= middle < s.end]
    if not holding:
        return None
    title = normalize(paragraph.title) if random.random() < 0.5 else ""
    texts = [
        f"{title} {paragraph.text[s.start : s.end]}".strip() for s in spans if s not in holding
    ]
    asked = set(bigrams(paragraph.question))
    texts.sort(key=lambda text: -len(asked & set(bigrams(text))))
    positive = f"{title} {paragraph.text[slice(*holding[0])]}".strip()
    return Pair(paragraph.question, positive, tuple(texts[:1]))


def report_pairs(
    folders: Iterable[Folder], random: Random, passes: int, negatives: int
) -> list[list[Pair]]:
    """Return the passes over the answerable questions of report folders, drawn anew for each.

    In every other pass a question meets its sentences alone, then with title and headings. Alone,
    only sentences of the same report are wrong: those of a sibling differ by their year only.
    """
    drawn: list[list[Pair]] = [[] for _ in range(passes)]
    for folder in folders:
        for number, pair in folder_pairs(folder, random, passes, negatives):
            drawn[number].append(pair)
    return drawn


def folder_pairs(
    folder: Folder, random: Random, passes: int, negatives: int
) -> Iterator[tuple[int, Pair]]:
    """Yield a pair for each answerable question of a folder and each pass, with its number."""
    for question in folder.questions:
        choices = _choices(folder, question)
        if choices is not None:
            for number in range(passes):
                yield number, _report_pair(choices, number % 2 == 0, random, negatives)


@dataclass(frozen=True, slots=True)
class _Choices:
    """A question as it is searched for, its gold sentences, and wrong ones, the closest first.

    Sentences are pairs: alone, in context. `near` are those of the same report.
    """

    question: str
    gold: list[tuple[str, str]]
    wrong: list[tuple[str, str]]
    near: list[tuple[str, str]]


def _choices(folder: Folder, question: GoldQuestion) -> _Choices | None:
    """What there is to learn from a question; None where its evidence is not found."""
    index = folder.index
    asked = with_full_years(normalize(folder.standalone(question))).strip()
    if not question.answers or not asked:
        return None
    scores = index.fusion.fuse(index.signals(asked))
    rows = index.contents.sentences.tolist()
    gold: list[tuple[str, str]] = []
    wrong: list[tuple[str, str]] = []
    near: list[tuple[str, str]] = []
    for n in np.argsort(-scores, kind="stable"):
        row, start, end = rows[n]
        passage = index.passages[row]
        said = passage.text[start:end]
        texts = sentence_texts(passage, Span(start, end))
        if tells_of_answer(question, said, passage.document.source):
            gold.append(texts)
        elif len(wrong) < _CLOSE and not any(answer in said for answer in question.answers):
            wrong.append(texts)
            near += [texts] if passage.document.source == question.doc else []
    return _Choices(asked, gold, wrong, near) if gold else None


def _report_pair(choices: _Choices, alone: bool, random: Random, negatives: int) -> Pair:
    """One gold sentence and some wrong ones, the closer ones drawn more often."""
    pool = choices.near if alone else choices.wrong
    order = sorted(range(len(pool)), key=lambda n: (n + 1) * random.random())
    form = 0 if alone else 1
    gold = random.choice(choices.gold)[form]
    return Pair(choices.question, gold, tuple(pool[n][form] for n in order[:negatives]))


def batches_of(pairs: Sequence[Pair], size: int, random: Random) -> Iterator[list[Pair]]:
    """Yield all pairs once, in an order of chance, `size` at a time."""
    order = list(pairs)
    random.shuffle(order)
    for start in range(0, len(order), size):
        yield order[start : start + size]
