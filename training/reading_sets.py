"""Reading sets in SQuAD's JSON form, as examples for the reader."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from corpus.text import normalize, sentences
from corpus.types import Span

_HEADLINE = 40  # characters of a paragraph's title that are worth reading


@dataclass(frozen=True, slots=True)
class ReadingExample:
    """A question and one text to read: normalised, with the span that answers, or None.

    `context` is what stands above the text: title and headings.
    """

    question: str
    context: str
    text: str
    answer: Span | None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with one question over it; `answer` is None where it does not answer."""

    title: str
    text: str
    question: str
    answer: Span | None
    variants: tuple[str, ...] = ()


def read_paragraphs(path: Path) -> Iterator[Paragraph]:
    """Yield the questions of a file with their paragraphs, in its order.

    Offsets in such files are not always right: where the text does not stand there, its first place
    in the paragraph counts; a question whose answer stands nowhere is left out.
    """
    for article in json.loads(path.read_text("utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            text = paragraph["context"]
            for asked in paragraph["qas"]:
                said = [answer for answer in asked["answers"] if answer["text"]]
                span = _place(text, said[0]) if said else None
                if said and span is None:
                    continue
                yield Paragraph(
                    title=(article.get("title") or "")[:_HEADLINE],
                    text=normalize(text),
                    question=normalize(asked["question"]),
                    answer=span,
                    variants=tuple(answer["text"] for answer in said),
                )


def cropped(paragraph: Paragraph, random: Random, *, beside: float = 0.12) -> ReadingExample:
    """Return a run of sentences of the paragraph, drawn by chance, around its answer.

    With the probability `beside`, a run without the answer where there is one.
    """
    room = random.randint(60, 300)
    spans = sentences(paragraph.text)
    answer = paragraph.answer
    holding = [
        n for n, s in enumerate(spans) if answer and s.start < answer.end and answer.start < s.end
    ]
    others = [n for n in range(len(spans)) if n not in holding]
    if answer is None or (others and random.random() < beside):
        first = random.choice(others)
        allowed = _neighbours(first, others)
        answer = None
    else:
        first, allowed = holding[0], list(range(len(spans)))
    start, end = first, max(first + 1, holding[-1] + 1 if answer else 0)
    while True:
        ways = [way for way in (start - 1, end) if way in allowed]
        if not ways or spans[end - 1].end - spans[start].start >= room:
            break
        way = random.choice(ways)
        start, end = min(start, way), max(end, way + 1)
    left, right = spans[start].start, spans[end - 1].end
    context = paragraph.title if random.random() < 0.5 else ""
    inside = Span(answer.start - left, answer.end - left) if answer else None
    return ReadingExample(
        paragraph.question, normalize(context), paragraph.text[left:right], inside
    )


def _neighbours(first: int, others: list[int]) -> list[int]:
    """The run of consecutive numbers in `others` around `first`."""
    run = [first]
    while run[-1] + 1 in others:
        run.append(run[-1] + 1)
    while run[0] - 1 in others:
        run.insert(0, run[0] - 1)
    return run


def _place(text: str, answer: dict[str, object]) -> Span | None:
    """Where an answer stands in its paragraph."""
    said, start = str(answer["text"]), int(str(answer["answer_start"]))
    if start < 0 or text[start : start + len(said)] != said:
        start = text.find(said)
    return Span(start, start + len(said)) if start >= 0 else None
