"""How often the evidence comes first, and in the first five: `python -m bench.retrieval`.

Every row ranks the same passages; the first rows are what others do, the last ones leave a part of
the shipped fusion out. Prints a Markdown table.
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.questions import QuestionSet, question_sets
from corpus.text import Segmenter, normalize
from corpus.years import with_full_years
from embeddings.encoder import SentenceEncoder
from embeddings.fusion import Fusion, ScoreArray, Signals, standard_scores
from embeddings.index import Index
from embeddings.types import FloatArray
from qa.evaluation import GoldQuestion, squeeze
from qa.followup import FollowUps
from qa.types import Turn

_CONSTANT = 10  # of the reciprocal ranks, as in the first comparison on these reports


class Ranking:
    """One index with what the rankings of the table need beside it."""

    def __init__(self, index: Index) -> None:
        self.index = index
        texts = [normalize(passage.text) for passage in index.passages]
        self.paragraphs: FloatArray = index.encoder.encode_passages(texts)
        self._sentences = index.contents.sentences[:, 0]
        self._first = np.flatnonzero(np.diff(self._sentences, prepend=-1))

    def best(self, sentences: ScoreArray) -> ScoreArray:
        """Return the score of each passage's best sentence."""
        return np.maximum.reduceat(sentences, self._first)

    def passages(self, question: str) -> Mapping[str, ScoreArray]:
        """Return each row of the table with its score of every passage."""
        index, signals = self.index, self.index.signals(question)
        vector = index.encoder.encode_questions([question])[0]
        plain = self.best(np.asarray(index.contents.plain.similarities(vector), dtype=np.float64))
        contextual = self.best(
            np.asarray(index.contents.contextual.similarities(vector), dtype=np.float64)
        )
        words, bigrams = self.best(signals.words), self.best(signals.bigrams)
        four = (plain, contextual, words, bigrams)
        rows = {
            "paragraph, cosine": np.asarray(self.paragraphs @ vector, dtype=np.float64),
            "paragraph, BM25 over words": words,
            "paragraph, BM25 over bigrams": bigrams,
            "best sentence, cosine": plain,
            "best sentence, centred cosine": self.best(signals.plain),
            "best sentence in context, cosine": contextual,
            "best sentence in context, centred cosine": self.best(signals.contextual),
            "reciprocal ranks of the four": np.sum([_reciprocal_ranks(s) for s in four], axis=0),
            "sum of standard scores of the four": np.sum(
                [standard_scores(s) for s in four], axis=0
            ),
        }
        return rows | {name: self.best(fuse(signals)) for name, fuse in _FUSIONS.items()}


def _reciprocal_ranks(scores: ScoreArray) -> ScoreArray:
    """One over the constant and the rank."""
    return 1 / (_CONSTANT + 1 + np.argsort(np.argsort(-scores, kind="stable"), kind="stable"))


_FUSIONS: Mapping[str, Callable[[Signals], ScoreArray]] = {
    "**fusion as shipped**": Fusion().fuse,
    "without sentence vectors": replace(Fusion(), plain=0).fuse,
    "without contextual vectors": replace(Fusion(), contextual=0).fuse,
    "without words": replace(Fusion(), words=0).fuse,
    "without bigrams": replace(Fusion(), bigrams=0).fuse,
    "without words and bigrams": replace(Fusion(), words=0, bigrams=0).fuse,
    "without years": replace(Fusion(), year=0, other_year=0).fuse,
}


def ranks(ranking: Ranking, questions: QuestionSet) -> dict[str, list[int]]:
    """Return for each row the evidence's rank, 0 first, of every answerable question."""
    follow_ups, found = FollowUps(ranking.index.segmenter), dict[str, list[int]]()
    for question in questions.questions():
        if not question.answers:
            continue
        history = [Turn(turn) for turn in question.context_turns]
        asked = follow_ups.standalone(question.question, history)
        gold = _gold(ranking.index, question)
        for row, scores in ranking.passages(with_full_years(normalize(asked))).items():
            order = np.argsort(-scores, kind="stable")
            places = np.flatnonzero(gold[order])
            found.setdefault(row, []).append(int(places[0]) if len(places) else len(order))
    return found


def _gold(index: Index, question: GoldQuestion) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which passages hold the evidence."""
    evidence, stem = squeeze(question.evidence), Path(question.doc).stem
    texts = [squeeze(passage.text) for passage in index.passages]
    named = [stem == Path(passage.document.source).stem for passage in index.passages]
    return np.array(
        [here and (evidence in t or t in evidence) for t, here in zip(texts, named, strict=True)]
    )


def main() -> None:
    """Print the table over all question sets that are here."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--work", type=Path, default=Path("data/bench"))
    work = parser.parse_args().work
    encoder, segmenter = SentenceEncoder.load(), Segmenter.load()
    sets = list(question_sets())
    columns = [ranks(Ranking(s.index(encoder, segmenter, work)), s) for s in sets]
    print("| ranked by (first / in the first five) |", *(f" {s.name} |" for s in sets), sep="")
    print("|---|", "---|" * len(sets), sep="")
    for row in columns[0]:
        shares = (np.array(column[row]) for column in columns)
        cells = (f" {(s < 1).mean():.2f} / {(s < 5).mean():.2f} |" for s in shares)
        print(f"| {row} |", *cells, sep="")


if __name__ == "__main__":
    main()
