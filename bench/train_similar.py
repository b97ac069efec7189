"""Learn how much each piece of evidence for a similar question weighs.

    .venv/bin/python -m bench.train_similar

Prints the weights that `twodesks/language/similar.py` has: a conditional logit over all earlier questions, each dump
and each mode counting the same, held near equal weights, none below zero. The bench shows each dump by weights learned
on the other dumps as well.
"""

from collections.abc import Sequence

import numpy as np

from bench.communities import folders, read_community
from bench.similar_replay import Case, cases
from twodesks.language.similar import WEIGHTS, Values, scaled

EQUAL = 0.4
HOLD = 0.3


def learn(sets: Sequence[Sequence[Case]]) -> dict[str, float]:
    """From sets that count the same, each a list of cases."""
    names = list(WEIGHTS)
    read: list[tuple[Values, list[int], float]] = [
        (np.stack([scaled(case.evidence[name]) for name in names], axis=1), case.linked, 1 / len(listed))
        for listed in sets
        for case in listed
    ]
    weights = np.full(len(names), EQUAL)
    first, second = np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, 301):
        gradient = HOLD * (weights - EQUAL)
        for rows, linked, counts in read:
            chances = np.exp(rows @ weights - (rows @ weights).max())
            gradient -= counts * (rows[linked].mean(axis=0) - chances @ rows / chances.sum())
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        weights = np.maximum(weights, 0.0)
    return dict(zip(names, (round(float(weight), 2) for weight in weights), strict=True))


def main() -> None:
    found = [listed for folder in folders() for listed in cases(read_community(folder)).values()]
    print(learn(found))


if __name__ == "__main__":
    main()
