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

    margin: float = 0.35
    lead: float = 0.6
    similarity: float = 0.08
    fits: float = 0.52
    numbers: float = 0.0
    names: float = 0.09
    year: float = 0.39
    other_year: float = -0.35
    coverage: float = 0.07

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

    margin: float = 0.2
    lead: float = 0.67
    similarity: float = 0.99
    fits: float = 0.3
    numbers: float = 0.0
    names: float = 0.33
    year: float = 1.2
    other_year: float = -1.13
    coverage: float = 0.0
    share: float = 1.69
    bias: float = -2.12

    def of(self, clues: Clues, share: float) -> float:
        """Return the probability, 0..1, that a finding with these clues answers."""
        score = _weighed(self, clues) + self.share * share + self.bias
        return 1 / (1 + math.exp(-max(-_SUREST, min(_SUREST, score))))


def _weighed(weights: Ranking | Certainty, clues: Clues) -> float:
    """The sum of the clues, each times its weight."""
    return float(sum(getattr(weights, clue) * getattr(clues, clue) for clue in CLUES))
