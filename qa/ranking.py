"""What the clues of a finding weigh: for its place among the others, and for how sure it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qa.findings import CLUES, Clues, Finding

_SUREST = 60.0  # logits: exp stays in range, and nobody is surer


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weight of each clue, learnt as a softmax over the findings of a question.

    `python -m training.fit_reader` learns them, on questions that the model was not trained on.
    """

    margin: float = 0.34
    lead: float = 0.65
    similarity: float = 0.1
    fits: float = 0.32
    quoted: float = 0.61
    numbers: float = 0.01
    names: float = 0.15
    year: float = 0.3
    other_year: float = -0.26
    coverage: float = 0.1

    def of(self, clues: Clues) -> float:
        """Return the score of a finding with these clues: one higher is e times as likely."""
        return _weighed(self, clues)

    def shares(self, findings: Sequence[Finding]) -> list[float]:
        """Return how likely each finding is the best of them all; they add up to 1."""
        scores = [self.of(finding.clues) for finding in findings]
        highest = max(scores, default=0.0)
        odds = [math.exp(score - highest) for score in scores]
        return [one / sum(odds) for one in odds]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Logistic regression over the clues of the best finding, and its share among all findings.

    Learnt with the ranking; what it is to predict is that the citations hold the answer.
    """

    margin: float = 0.19
    lead: float = 0.67
    similarity: float = 0.94
    fits: float = 0.03
    quoted: float = 0.4
    numbers: float = 0.02
    names: float = 0.32
    year: float = 1.2
    other_year: float = -1.0
    coverage: float = 0.11
    share: float = 1.17
    bias: float = -2.04

    def of(self, clues: Clues, share: float) -> float:
        """Return the probability, 0..1, that a finding with these clues answers."""
        score = _weighed(self, clues) + self.share * share + self.bias
        return 1 / (1 + math.exp(-max(-_SUREST, min(_SUREST, score))))


def _weighed(weights: Ranking | Certainty, clues: Clues) -> float:
    """The sum of the clues, each times its weight."""
    return float(sum(getattr(weights, clue) * getattr(clues, clue) for clue in CLUES))
