"""Questions over reports as examples for the reader: windows that retrieval really offers."""

from collections.abc import Iterator, Sequence
from random import Random

from corpus.text import normalize
from corpus.types import Passage, Span
from corpus.years import with_full_years
from embeddings.types import Hit, ScoredSentence
from qa.evaluation import GoldQuestion
from qa.windows import Window, windows
from training.folders import Folder
from training.reading_sets import ReadingExample

_HITS = 10
_WINDOWS = 10
_DISTRACTING = 0.2  # of its place: a window with a distractor is drawn as if it were so much better
_NEAR = 2  # times as many windows where nothing answers: what is there was written as near misses


def report_examples(
    folder: Folder, question: GoldQuestion, random: Random, negatives: int
) -> Iterator[ReadingExample]:
    """Yield the windows that retrieval offers for a question: all that answer, some that do not.

    The passage with the answer is among them even where retrieval misses it, in a window of a
    length drawn by chance. Of the others, the better ones are drawn more often, and those with
    a distractor most of all; twice as many where the question has no answer.
    """
    asked = folder.standalone(question)
    hits = folder.index.search(asked, _HITS)
    gold = _answer_place(folder, question)
    room = random.choice((140, 180, 220, 260))
    found = windows(hits, _WINDOWS, room)
    if question.answers and gold is None:
        return
    right = [w for w in found if gold and _inside(w, *gold)]
    if gold and not right:
        right = _gold_window(folder, *gold, room)
    others = [w for w in found if not _says(w, question)]
    random.shuffle(right)
    count = negatives if question.answers else _NEAR * negatives
    for window in (*right[:1], *_drawn(others, question, random)[:count]):
        yield example(asked, window, gold)


def _drawn(others: Sequence[Window], question: GoldQuestion, random: Random) -> list[Window]:
    """Windows that do not answer, best first, in an order partly of chance."""

    def luck(place: int) -> float:
        text = others[place].text
        distracts = any(one in text or text in one for one in question.distractors)
        return place * random.random() * (_DISTRACTING if distracts else 1.0)

    order = {place: luck(place) for place in range(len(others))}
    return [others[place] for place in sorted(order, key=order.__getitem__)]


def example(asked: str, window: Window, gold: tuple[str, Span] | None) -> ReadingExample:
    """Return a window as the reader sees it."""
    return ReadingExample(
        question=with_full_years(normalize(asked)),
        context=normalize(window.context),
        text=normalize(window.text),
        answer=_inside(window, *gold) if gold else None,
    )


def _answer_place(folder: Folder, question: GoldQuestion) -> tuple[str, Span] | None:
    """The document's name and the span in it of the first answer, inside its evidence."""
    if not question.answers:
        return None
    for document in folder.index.documents:
        if document.source == question.doc:
            at = document.text.find(question.evidence)
            inside = question.evidence.find(question.answers[0])
            if at >= 0 and inside >= 0:
                start = at + inside
                return document.id, Span(start, start + len(question.answers[0]))
    return None


def _inside(window: Window, document: str, answer: Span) -> Span | None:
    """The part of the answer that stands in the window; None where none does, or hardly any."""
    passage = window.passage
    if passage.document.id != document:
        return None
    left = passage.start + window.span.start
    start, end = max(answer.start - left, 0), min(answer.end - left, len(window.text))
    return Span(start, end) if end - start >= min(4, answer.end - answer.start) else None


def _gold_window(folder: Folder, document: str, answer: Span, room: int) -> list[Window]:
    """Windows of the passages that hold the answer, however badly they were ranked."""
    return [
        window
        for passage in folder.index.passages
        if passage.document.id == document
        and passage.start < answer.end
        and answer.start < passage.end
        for window in windows([_hit(folder, passage, answer)], 1, room)
        if _inside(window, document, answer)
    ]


def _hit(folder: Folder, passage: Passage, answer: Span) -> Hit:
    """The passage as a hit whose best sentence is where the answer begins."""
    row = folder.index.passages.index(passage)
    spans = [Span(s, e) for r, s, e in folder.index.contents.sentences.tolist() if r == row]
    place = answer.start - passage.start
    ordered = sorted(spans, key=lambda s: max(s.start - place, place - s.end + 1, 0))
    return Hit(
        passage, tuple(ScoredSentence(span, -float(n), 0.0) for n, span in enumerate(ordered))
    )


def _says(window: Window, question: GoldQuestion) -> bool:
    """Whether a window of any report says one of the answers: not safe to call wrong."""
    return bool(question.answers) and any(answer in window.text for answer in question.answers)
