"""Several rankings made one: reciprocal rank fusion."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

# docs/search.md has what these were measured on.
RANK_OFFSET = 1.0
WEIGHTS: Mapping[str, float] = {"words": 0.75, "meaning": 1.0, "spelling": 0.4}
# A word that is not finished yet has no meaning and is in no index; the beginning of a title is what one types.
WEIGHTS_TYPING: Mapping[str, float] = {"words": 0.75, "meaning": 0.5, "spelling": 1.5}

# Likeness in meaning below which a passage has nothing to do with a question, by model: what 1 of 100 right
# answers falls under; of the best answers to questions on another subject, two in three do.
LEAST_LIKENESS: Mapping[str, float] = {"all-MiniLM-L6-v2-onnx-int8": 0.20, "multilingual-e5-small-q4": 0.80}


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
