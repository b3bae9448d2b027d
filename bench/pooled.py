"""How often a paragraph comes first among those of whole reading sets: `python -m bench.pooled`.

Every different paragraph of the files named becomes a document of its own; asked are the answerable
questions of one file. Prints a Markdown table with the share of questions whose paragraph is ranked
first, and in the first five.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from corpus.text import Segmenter, normalize
from embeddings.build import rebuild
from embeddings.encoder import SentenceEncoder
from embeddings.fusion import Fusion, ScoreArray
from embeddings.index import Index
from embeddings.storage import open_index
from training.reading_sets import read_paragraphs


def write_corpus(sets: list[Path], folder: Path) -> dict[str, str]:
    """Write each paragraph to a file of its own and return the files' names by their texts."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = dict.fromkeys(one.text for path in sets for one in read_paragraphs(path))
    names = {text: f"{n:05}.txt" for n, text in enumerate(texts)}
    for text, name in names.items():
        (folder / name).write_text(text, encoding="utf-8")
    return names


def rows(index: Index, question: str) -> Mapping[str, ScoreArray]:
    """Return each row of the table with its score of every sentence."""
    signals = index.signals(normalize(question))
    return {
        "BM25 over words": signals.words,
        "BM25 over bigrams": signals.bigrams,
        "best sentence, centred cosine": signals.plain,
        "fusion as shipped": Fusion().fuse(signals),
    }


def ranks(index: Index, asked: Mapping[str, str]) -> dict[str, list[int]]:
    """Return for each row the rank of every question's paragraph, 0 first."""
    sentences = index.contents.sentences[:, 0]
    first = np.flatnonzero(np.diff(sentences, prepend=-1))
    sources = np.array([passage.document.source for passage in index.passages])[sentences[first]]
    found: dict[str, list[int]] = {}
    for question, source in asked.items():
        for row, scores in rows(index, question).items():
            best = np.maximum.reduceat(scores, first)
            better = set(sources[best > best[sources == source].max()])
            found.setdefault(row, []).append(len(better))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("asked", type=Path, help="the reading set whose questions are asked")
    parser.add_argument("others", type=Path, nargs="*", help="reading sets to search as well")
    parser.add_argument("--model", help="another encoder than the shipped one")
    parser.add_argument("--work", type=Path, default=Path("data/bench/pooled"))
    given = parser.parse_args()
    names = write_corpus([given.asked, *given.others], given.work / "reports")
    encoder, segmenter = SentenceEncoder.load(given.model), Segmenter.load()
    data = given.work / encoder.fingerprint
    rebuild(given.work / "reports", data, encoder, segmenter)
    index = open_index(data, encoder, segmenter)
    asked = {p.question: names[p.text] for p in read_paragraphs(given.asked) if p.answer}
    print(f"{len(asked)} questions, {len(names)} paragraphs, {encoder.name}\n")
    print("| ranked by | first | in the first five |\n|---|--:|--:|")
    for row, places in ranks(index, asked).items():
        shares = ((np.array(places) < bound).mean() for bound in (1, 5))
        print(f"| {row} |", *(f" {share:.3f} |" for share in shares), sep="")


if __name__ == "__main__":
    main()
