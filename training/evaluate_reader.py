"""How well a reader reads the gold passage: `python -m training.evaluate_reader FOLDER SET...`.

Prints exact match and character F1 (CMRC 2018's measures) over the answerable questions of reading
sets, the whole paragraph being read in as many windows as it needs.
"""

import argparse
from pathlib import Path

from corpus.text import normalize
from qa.evaluation import f1, squeeze
from qa.span_model import SpanModel, Text
from training.reading_sets import Paragraph, read_paragraphs


def figures(model: SpanModel, paragraphs: list[Paragraph]) -> tuple[float, float]:
    """Return exact match and F1, 0..1, over the questions of `paragraphs`."""
    exact, overlap = 0.0, 0.0
    for paragraph in paragraphs:
        text = Text(normalize(paragraph.title), paragraph.text)
        (spans,) = model.best_spans(paragraph.question, [text], count=1)
        said = paragraph.text[slice(*spans[0].span)] if spans else ""
        golds = [normalize(gold) for gold in paragraph.variants]
        exact += max(squeeze(said) == squeeze(gold) for gold in golds)
        overlap += max(f1(said, gold) for gold in golds)
    return exact / len(paragraphs), overlap / len(paragraphs)


def main() -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", type=Path, nargs="+")
    arguments = parser.parse_args()
    model = SpanModel.load(arguments.folder)
    for path in arguments.sets:
        answerable = [p for p in read_paragraphs(path) if p.answer]
        exact, overlap = figures(model, answerable)
        print(f"{path.name}: {len(answerable)} questions, EM {exact:.4f}, F1 {overlap:.4f}")


if __name__ == "__main__":
    main()
