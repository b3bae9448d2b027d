"""What the clues of a finding weigh: for its place among the others, and for how sure it is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

from qa.findings import Clues, Finding


@dataclass(frozen=True, slots=True)
class Ranking:
    """The weight of each clue, learnt as a softmax over the findings of a question.

    `python -m training.fit_reader` learns them, on questions that the model was not trained on.
    """

    margin: float = 0.35
    lead: float = 0.5
    similarity: float = 1.0
    fits: float = 0.3
    numbers: float = 0.3
    names: float = 0.3
    year: float = 0.5
    other_year: float = -1.0
    coverage: float = 0.3

    def of(self, clues: Clues) -> float:
        """Return the score of a finding with these clues: one higher is e times as likely."""
        return float(sum(getattr(self, f.name) * getattr(clues, f.name) for f in fields(clues)))

    def shares(self, findings: Sequence[Finding]) -> list[float]:
        """Return how likely each finding is the best of them all; they add up to 1."""
        scores = [self.of(finding.clues) for finding in findings]
        likely = [math.exp(score - max(scores)) for score in scores]
        return [one / sum(likely) for one in likely]


@dataclass(frozen=True, slots=True)
class Certainty:
    """Logistic regression over the clues of the best finding, and its share among all findings.

    Learnt with the ranking; what it is to predict is that the citations hold the answer.
    """

    margin: float = 0.3
    lead: float = 0.2
    similarity: float = 1.0
    fits: float = 0.3
    numbers: float = 0.5
    names: float = 0.5
    year: float = 0.3
    other_year: float = -1.0
    coverage: float = 0.3
    share: float = 1.0
    bias: float = -2.0

    def of(self, clues: Clues, share: float) -> float:
        """Return the probability, 0..1, that a finding with these clues answers."""
        weighed = sum(getattr(self, f.name) * getattr(clues, f.name) for f in fields(clues))
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, weighed + self.share * share + self.bias))))
