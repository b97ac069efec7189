"""Several rankings made one: reciprocal rank fusion."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# docs/search.md has what these were measured on.
RANK_OFFSET = 1.0
WEIGHTS: Mapping[str, float] = {"words": 0.75, "meaning": 1.0, "spelling": 0.4}


def reciprocal(
    ranks: Mapping[str, int], *, weights: Mapping[str, float] = WEIGHTS, rank_offset: float = RANK_OFFSET
) -> float:
    """The score of one key from its rank, from 1, in each list that has it."""
    return sum(weights[name] / (rank_offset + rank) for name, rank in ranks.items())


def fuse(
    rankings: Mapping[str, Sequence[Key]],
    *,
    weights: Mapping[str, float] = WEIGHTS,
    rank_offset: float = RANK_OFFSET,
) -> dict[Key, float]:
    """Score by key, best first; each ranking gives `weight / (offset + rank)` to its keys, the first place of each.

    Ranks and not scores, because the scores of BM25 and of vectors cannot be compared. Equals keep the order in which
    they were first met, so the result is the same every time.
    """
    scores: dict[Key, float] = {}
    for name, ranking in rankings.items():
        for rank, key in enumerate(dict.fromkeys(ranking), 1):
            scores[key] = scores.get(key, 0.0) + weights[name] / (rank_offset + rank)
    return dict(sorted(scores.items(), key=lambda entry: -entry[1]))
