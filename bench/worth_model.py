"""The labelled conversations as numbers, a logistic fit, folds by channel and log, and two measures of a ranking."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.worth_data import conversations
from twodesks.language.worth_features import FEATURES, Turn, read

LABELS = Path(__file__).parent / "worth_labels.tsv"
AGAIN = Path(__file__).parent / "worth_labels_again.tsv"
FIRST_DRAW = 335
FOLDS = 10
SEED = 0
# One strength for all; from 3 to 30 makes no difference that the folds could tell.
RIDGE = 10.0
UNSURE = 0.6
# Bots of the IRC logs and what calls them; imports drop bots' messages as well.
_BOTS = frozenset({"ubotu", "ubottu", "ubot2", "ubot3", "ubot5", "lubotu"})

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    ids: list[str]
    groups: list[str]
    turns: list[list[Turn]]
    keep: Vector
    weight: Vector
    values: Vector


@dataclass(frozen=True, slots=True)
class Fit:
    means: Vector
    deviations: Vector
    bias: float
    weights: Vector

    def score(self, values: Vector) -> Vector:
        standard = np.clip((values - self.means) / self.deviations, -3, 3)
        return np.asarray(standard @ self.weights + self.bias)


def load() -> Sample:
    rows = [line.split("\t") for line in LABELS.read_text(encoding="utf-8").splitlines()[1:]]
    by = {talk.id: talk for talk in conversations()}
    talks = [by[row[0]] for row in rows]
    turns = [[turn for turn in talk.turns if not _is_bots(turn)] for talk in talks]
    return Sample(
        ids=[talk.id for talk in talks],
        groups=[talk.group for talk in talks],
        turns=turns,
        keep=np.array([row[1] == "keep" for row in rows], dtype=float),
        weight=np.array([1.0 if row[2] == "sure" else UNSURE for row in rows]),
        values=np.array([list(read(each).features.values()) for each in turns]),
    )


def _is_bots(turn: Turn) -> bool:
    return turn.author.lower() in _BOTS or turn.text.startswith("!")


def fit(values: Vector, keep: Vector, weight: Vector, ridge: float = RIDGE) -> Fit:
    """Newton's method on the penalised likelihood; the bias is not penalised."""
    means, deviations = values.mean(axis=0), values.std(axis=0) + 1e-6
    standard = np.clip((values - means) / deviations, -3, 3)
    rows = np.hstack([np.ones((len(values), 1)), standard])
    penalty = np.full(rows.shape[1], ridge)
    penalty[0] = 1e-6
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (likely - keep)) + penalty * found
        curve = (rows * (weight * likely * (1 - likely) + 1e-9)[:, None]).T @ rows + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        found = found - step
        if float(np.abs(step).max()) < 1e-9:
            break
    return Fit(means, deviations, float(found[0]), found[1:])


def folds(groups: Sequence[str], seed: int = SEED) -> NDArray[np.int64]:
    """Which of `FOLDS` each row is in; a channel or a log is never in two."""
    names = sorted(set(groups))
    np.random.default_rng(seed).shuffle(names)
    place = {name: number % FOLDS for number, name in enumerate(names)}
    return np.array([place[group] for group in groups])


def held_out(sample: Sample, seed: int = SEED) -> Vector:
    """Each row's score by the fit that saw nothing of its channel or log."""
    part = folds(sample.groups, seed)
    scores = np.zeros(len(sample.keep))
    for number in range(FOLDS):
        seen = part != number
        scores[~seen] = fit(sample.values[seen], sample.keep[seen], sample.weight[seen]).score(sample.values[~seen])
    return scores


def precision_at(scores: Vector, keep: Vector, count: int = 20) -> float:
    return float(keep[_best_first(scores)][:count].mean())


def average_precision(scores: Vector, keep: Vector) -> float:
    ranked = keep[_best_first(scores)]
    return float((np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked == 1].mean())


def feature(sample: Sample, name: str) -> Vector:
    return np.asarray(sample.values[:, list(FEATURES).index(name)])


def _best_first(scores: Vector) -> NDArray[np.int64]:
    # Ties are broken by chance, once and for all: in the order of the file they would follow the draw.
    chance = np.random.default_rng(1).permutation(len(scores))
    return np.lexsort((chance, -scores))
