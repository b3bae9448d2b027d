"""Texts without labels, for an encoder that learns from a larger one."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from random import Random

from corpus.loader import load
from corpus.splitter import split
from corpus.text import normalize, sentences
from embeddings.texts import sentence_texts
from qa.evaluation import read_questions
from training.reading_sets import read_paragraphs

_WORDS = 5  # a shorter line of other text is a heading or a link
_LINES = 60  # of one file of other text


def reading_texts(paths: Sequence[Path], random: Random) -> tuple[list[str], list[str]]:
    """Return the questions of reading sets, and each sentence, half of them after its title."""
    questions: list[str] = []
    passages: dict[str, None] = {}
    paragraphs: set[str] = set()
    for path in paths:
        for paragraph in read_paragraphs(path):
            questions.append(paragraph.question)
            if paragraph.text not in paragraphs:
                paragraphs.add(paragraph.text)
                title = normalize(paragraph.title) if random.random() < 0.5 else ""
                for span in sentences(paragraph.text):
                    passages[f"{title} {paragraph.text[span.start : span.end]}".strip()] = None
    return questions, list(passages)


def report_texts(folder: Path) -> tuple[list[str], list[str]]:
    """Return the questions of a report folder, and both texts encoded for each sentence."""
    questions = [normalize(one.question) for one in read_questions(folder / "questions.jsonl")]
    passages = [
        text
        for document in load(folder / "reports").documents
        for passage in split(document)
        for sentence in sentences(passage.text)
        for text in sentence_texts(passage, sentence)
    ]
    return questions, passages


def other_texts(paths: Iterable[Path]) -> list[str]:
    """Return lines of running text from files of any kind: what keeps a second language alive."""
    found: list[str] = []
    for path in paths:
        lines = normalize(path.read_text("utf-8", errors="replace")).splitlines()
        found += islice((one.strip() for one in lines if len(one.split()) >= _WORDS), _LINES)
    return found
