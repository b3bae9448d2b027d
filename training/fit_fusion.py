"""Fits the weights of retrieval: `python -m training.fit_fusion FOLDER... [--work DIR]`.

The model is a softmax over all sentences of a folder; the loss is the negative log-likelihood of
the sentences that hold the answer, with a small ridge. Prints the weights for embeddings/fusion.py.
"""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from corpus.text import normalize
from corpus.years import with_full_years
from embeddings.fusion import Fusion, Signals, standard_scores
from training.folders import Folder, holds_answer, named_folders
from training.likelihood import Choice, softmax_weights

_RIDGE = 0.01
_YEARS = ("year", "other_year")  # shares already: not standardised


def features(signals: Signals) -> NDArray[np.float64]:
    """Return one row per sentence and one column per weight of `Fusion`, as it weighs them."""
    columns = [
        getattr(signals, field.name)
        if field.name in _YEARS
        else standard_scores(getattr(signals, field.name))
        for field in fields(Fusion)
    ]
    return np.stack(columns, axis=1)


def examples(folder: Folder) -> list[Choice]:
    """Return features and gold sentences of each answerable question whose evidence is found."""
    index, found = folder.index, []
    for question in folder.questions:
        gold = np.array(
            [
                holds_answer(question, passage.text[start:end], passage.document.source)
                for row, start, end in index.contents.sentences.tolist()
                for passage in (index.passages[row],)
            ]
        )
        if question.answers and gold.any():
            asked = with_full_years(normalize(folder.standalone(question))).strip()
            found.append((features(index.signals(asked)), gold))
    return found


def main() -> None:
    """Fit on the folders named and print the weights."""
    folders = named_folders(__doc__ or "")
    data = [example for folder in folders for example in examples(folder)]
    weights = softmax_weights(data, _RIDGE)
    print(f"{len(data)} questions")
    for field, weight in zip(fields(Fusion), weights, strict=True):
        print(f"{field.name}: {weight:.2f}")


if __name__ == "__main__":
    main()
