"""The two fits by likelihood that all weights come from: a softmax, and a logistic regression."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Bound = tuple[float | None, float | None]
Choice = tuple[Floats, NDArray[np.bool_]]


def sign_bounds(clues: Iterable[str]) -> list[Bound]:
    """Return the sign that each clue's weight must have, by name: `other_year` speaks against.

    A clue must not be learnt the wrong way round from how one question writer works.
    """
    return [(None, 0.0) if clue == "other_year" else (0.0, None) for clue in clues]


def softmax_weights(
    data: Sequence[Choice], ridge: float, bounds: Sequence[Bound] | None = None
) -> Floats:
    """Return the weights that make the right rows of each choice likeliest among all its rows.

    A choice is its rows, float64 (rows, weights), and which of them are right, (rows,), at least
    one.
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, gradient = 0.0, np.zeros_like(weights)
        for rows, gold in data:
            scores = rows @ weights
            odds = np.exp(scores - scores.max())
            total -= float(np.log(odds[gold].sum() / odds.sum()))
            right = np.where(gold, odds, 0.0)
            gradient -= rows.T @ (right / right.sum() - odds / odds.sum())
        penalty = ridge * float(weights @ weights)
        return total / len(data) + penalty, gradient / len(data) + 2 * ridge * weights

    start = np.zeros(data[0][0].shape[1])
    return _least(loss, start, bounds)


def logistic_weights(rows: Floats, right: Floats, ridge: float, bounds: Sequence[Bound]) -> Floats:
    """Return the weights that make `right`, 0 or 1 a row, likeliest.

    The last column of `rows` is 1 throughout: its weight is the bias, which has no ridge.
    """

    def loss(weights: Floats) -> tuple[float, Floats]:
        odds = 1 / (1 + np.exp(-rows @ weights))
        likelihood = np.log(np.where(right == 1, odds, 1 - odds) + 1e-12)
        penalty = weights * np.append(np.ones(len(weights) - 1), 0)
        gradient = rows.T @ (odds - right) / len(right) + 2 * ridge * penalty
        return -float(likelihood.mean()) + ridge * float(penalty @ penalty), gradient

    return _least(loss, np.zeros(rows.shape[1]), bounds)


def _least(
    loss: Callable[[Floats], tuple[float, Floats]], start: Floats, bounds: Sequence[Bound] | None
) -> Floats:
    """Where a loss that comes with its gradient is least."""
    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(result.x, dtype=np.float64)
