"""How fast encoders are beside each other: `python -m bench.encoders FOLDER...`.

The sentences of the sample reports, alone and in context, are encoded by the shipped encoder and by
each one named, in turn, several times. Prints a Markdown table: medians, and how often as fast as
the last one named the others are.
"""

import argparse
import time
from collections.abc import Sequence
from statistics import median

from api.settings import SAMPLES
from corpus.loader import load
from corpus.splitter import split
from corpus.text import sentences
from embeddings.encoder import SentenceEncoder
from embeddings.texts import sentence_texts

_ROUNDS = 5
_TEXTS = 320


def sample_texts() -> list[str]:
    """Return the same texts of the sample reports every time, long and short ones mixed."""
    texts = [
        text
        for document in load(SAMPLES).documents
        for passage in split(document)
        for sentence in sentences(passage.text)
        for text in sentence_texts(passage, sentence)
    ]
    return texts[:: max(1, len(texts) // _TEXTS)][:_TEXTS]


def rates(encoders: Sequence[SentenceEncoder], texts: Sequence[str]) -> list[list[float]]:
    """Return for each encoder its texts a second, one per round; the rounds alternate."""
    found: list[list[float]] = [[] for _ in encoders]
    for _ in range(_ROUNDS):
        for encoder, rate in zip(encoders, found, strict=True):
            started = time.perf_counter()
            encoder.encode_passages(texts)
            rate.append(len(texts) / (time.perf_counter() - started))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("models", nargs="+", help="folders to compare the shipped encoder with")
    encoders = [SentenceEncoder.load(model) for model in (None, *parser.parse_args().models)]
    texts = sample_texts()
    found = rates(encoders, texts)
    slowest = median(found[-1])
    print(f"{len(texts)} texts of {sum(map(len, texts)) / len(texts):.0f} characters\n")
    print("| encoder | texts a second, median | least | most | ratio |\n|---|--:|--:|--:|--:|")
    for encoder, rate in zip(encoders, found, strict=True):
        figures = (median(rate), min(rate), max(rate))
        cells = (f" {figure:.1f} |" for figure in figures)
        print(f"| {encoder.name} |", *cells, f" {median(rate) / slowest:.2f} |", sep="")


if __name__ == "__main__":
    main()
