"""Who is likely to give the answer that a question's asker accepts.

Each signal is a share: of the answers given lately, of those accepted, of those to questions like this one. A member's
score is the weighted sum of the logarithms of their shares; members' chances are the softmax of the scores (a
conditional logit: McFadden, “Conditional logit analysis of qualitative choice behavior”, 1974). Shares mean the same
in a team of ten and in a community of thousands, so weights learned on one serve in the other; `fit` learns anew from
a community's own history, held near the weights that it had.

>>> signals = Signals(np.array([7, 8]), {"often": np.array([9.0, 1.0]), "meaning": np.array([0.0, 2.0])})
>>> rank(signals, {"often": 0.2, "meaning": 1.0}).members
[8, 7]
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

DAY_S = 86_400.0
# Sums over somebody's past answers, each halved with every so many days since.
HALF_LIVES_D: Mapping[str, float] = {"present": 0.1, "now": 7.0, "lately": 90.0, "often": 1_000.0}
# What an accepted answer counts beside any other one, and what each doubling of its thanks adds.
ACCEPTED_COUNTS, THANKS_COUNT = 2.0, 0.5
# Sums over answers to questions like this one fade slowly: who knew a thing two years ago mostly still does.
LIKE_HALF_LIFE_D = 900.0
LIKE_LATELY_HALF_LIFE_D = 150.0
# The share that nobody falls below. Without it one unseen word would rule somebody out.
LEAST_SHARE = 1e-3
SIGNALS = (
    "present", "now", "lately", "often", "accepted", "words", "meaning", "both", "wording", "topics", "topics_lately",
    "quiet",
)  # fmt: skip

_WEIGHTS = Path(__file__).parent / "data" / "expertise.json"


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of each candidate: sums by the names of `SIGNALS`, none of them negative; absent ones are zero.

    `quiet` alone is no sum but the days since somebody's last answer.
    """

    members: NDArray[np.int64]
    sums: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Members, likeliest first, and their chances, which sum to 1 over all candidates."""

    members: list[int]
    chances: list[float]


@cache
def shipped_weights() -> Mapping[str, float]:
    """By signal, as `bench/train_routing.py` learned them."""
    weights: dict[str, float] = json.loads(_WEIGHTS.read_text(encoding="utf-8"))["weights"]
    return weights


def rank(signals: Signals, weights: Mapping[str, float] | None = None, *, limit: int | None = None) -> Ranking:
    """The likeliest `limit` of the candidates."""
    if not len(signals.members):
        return Ranking([], [])
    known = shipped_weights() if weights is None else weights
    scores = features(signals) @ np.array([known.get(name, 0.0) for name in SIGNALS])
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.lexsort((signals.members, -scores))[:limit]
    return Ranking(signals.members[order].tolist(), chances[order].tolist())


def features(signals: Signals) -> Values:
    """A row a candidate, a column a signal: `log(1 + share / LEAST_SHARE)`, and for `quiet` minus `log(1 + days)`."""
    columns = []
    for name in SIGNALS:
        column = signals.sums.get(name)
        if column is None:
            columns.append(np.zeros(len(signals.members)))
        elif name == "quiet":
            columns.append(-np.log1p(column))
        else:
            columns.append(np.log1p(column / max(float(column.sum()), 1e-12) / LEAST_SHARE))
    return np.stack(columns, axis=1)


def faded(ages_s: Values, half_life_d: float) -> Values:
    """What is left, of 1, of things so many seconds old."""
    left: Values = np.exp2(-np.maximum(ages_s, 0.0) / (half_life_d * DAY_S))
    return left


def by_words(scores: Values) -> Values:
    """What each thread counts for its likeness in words: 1 for the best by BM25, little for half as good a one."""
    best = float(scores.max()) if len(scores) else 0.0
    return (np.maximum(scores, 0.0) / best) ** 3 if best > 0 else np.zeros(len(scores))


def by_meaning(cosines: Values) -> Values:
    """What each thread counts for its likeness in meaning: 1 for the nearest, a third for one 0.08 further off."""
    return np.exp((cosines - cosines.max()) / 0.08) if len(cosines) else np.zeros(0)


def by_rank(place: int | None) -> float:
    """The same where only the place among those found is known, from 1; None was not found.

    Close to what `by_words` and `by_meaning` come to on average: 0.6 for the second, 0.2 for the tenth.
    """
    return float(place**-0.7) if place else 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """A question as `fit` reads it: `rows` of features, and which of them answered, with what each counts."""

    rows: Values
    chosen: NDArray[np.int64]
    counts: Values


def example(
    signals: Signals, answered: Mapping[int, float], prior: Mapping[str, float], *, most: int = 300
) -> Example | None:
    """What there is to learn from a question that these members answered, each counting so much; None if unknown ones.

    Of many candidates the `most` likeliest by the prior are kept: the others would only cost time.
    """
    rows = features(signals)
    known = np.isin(signals.members, list(answered))
    if not known.any():
        return None
    order = np.argsort(-(rows @ np.array([prior.get(name, 0.0) for name in SIGNALS])), kind="stable")
    kept = np.union1d(order[:most], np.flatnonzero(known))
    counts = np.array([answered.get(int(member), 0.0) for member in signals.members[kept]])
    chosen = np.flatnonzero(counts)
    return Example(rows[kept], chosen, counts[chosen])


def fit(
    examples: Sequence[Example], prior: Mapping[str, float], *, hold: float = 50.0, steps: int = 150
) -> dict[str, float]:
    """The weights under which the members who answered were likeliest.

    `hold` is how many examples the prior counts for: the strength of the ridge that pulls towards it. Weights stay at
    or above zero, since less evidence never makes somebody likelier. By Adam (Kingma and Ba, 2015) on all examples.
    """
    start = np.array([prior.get(name, 0.0) for name in SIGNALS])
    weights, first, second = start.copy(), np.zeros(len(start)), np.zeros(len(start))
    total = max(1e-9, sum(float(example.counts.sum()) for example in examples))
    for step in range(1, steps + 1):
        gradient = hold * (weights - start)
        for example in examples:
            gradient -= _pull(example, weights)
        gradient /= total
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        stride = 0.05 * (1 - step / (steps + 1))
        weights -= stride * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
        weights = np.maximum(weights, 0.0)
    return dict(zip(SIGNALS, (round(float(weight), 4) for weight in weights), strict=True))


def _pull(example: Example, weights: Values) -> Values:
    scores = example.rows @ weights
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    chosen = (example.rows[example.chosen] * example.counts[:, None]).sum(axis=0)
    pull: Values = chosen - example.counts.sum() * (chances @ example.rows)
    return pull
