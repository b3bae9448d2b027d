"""How sure an answer is: a probability from what a reader of the evidence could check."""

import math
import re
from dataclasses import dataclass, fields
from typing import Self

from corpus.text import bigrams, normalize
from corpus.types import Passage
from corpus.years import with_full_years, years

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Clues:
    """What speaks for the best sentence. All but `lead` and `similarity` are 0..1.

    `lead` is its score above that of the fifth best sentence, `similarity` its centred cosine to
    the question; `numbers`, `year` and `other_year` say whether the question's numbers and years
    stand in the passage or above it, `coverage` is the share of the question's bigrams that do, and
    `fits` says whether the sentence holds the kind of thing asked for.
    """

    lead: float
    similarity: float
    numbers: float
    year: float
    other_year: float
    coverage: float
    fits: float

    @classmethod
    def of(
        cls,
        question: str,
        passage: Passage,
        sentence: str,
        *,
        lead: float,
        similarity: float,
        fits: bool,
    ) -> Self:
        """Return the clues of a sentence of `passage` for a standalone question."""
        asked = with_full_years(normalize(question))
        told = normalize("\n".join((*passage.context, passage.text)))
        wanted, named = years(asked), years("\n".join((*passage.context, sentence)))
        pairs = set(bigrams(asked))
        return cls(
            lead=lead,
            similarity=similarity,
            numbers=float(set(_NUMBER.findall(asked)) <= set(_NUMBER.findall(told))),
            year=len(wanted & named) / len(wanted) if wanted else 0.0,
            other_year=float(bool(wanted and named and not wanted & named)),
            coverage=len(pairs & set(bigrams(told))) / (len(pairs) or 1),
            fits=float(fits),
        )


@dataclass(frozen=True, slots=True)
class Confidence:
    """Logistic regression over the clues; what is sure enough for an answer, `Decision` says.

    Learnt on question files with answerable and unanswerable questions, the target being that the
    first citations hold the answer: `python -m training.fit_confidence`.
    """

    lead: float = 0.14
    similarity: float = 1.76
    numbers: float = 0.93
    year: float = 0.38
    other_year: float = -1.16
    coverage: float = 0.21
    fits: float = 0.47
    bias: float = -2.76

    def of(self, clues: Clues) -> float:
        """Return the probability, 0..1, that a sentence with these clues answers."""
        weighed = (getattr(self, clue.name) * getattr(clues, clue.name) for clue in fields(clues))
        return 1 / (1 + math.exp(-self.bias - sum(weighed)))
