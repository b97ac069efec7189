"""Where the topic of a text or a talk changes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twodesks.language.embedding import Embedder, load_embedder

# What one more segment must explain, as a part of the text's whole variance. Measured on narrated lessons (21 chapters)
# and on mixed encyclopaedia articles: F1 of boundaries .75 and .91 where TextTiling over the same vectors gives .68
# and .90 at its best settings for each. Higher gives fewer segments.
PENALTY = 0.75
# Fewer sentences than this are judged as if they were as many: chance likeness decides too much among a handful.
FEW = 12


def segment_topics(
    sentences: Sequence[str],
    *,
    min_size: float = 3,
    sizes: Sequence[float] | None = None,
    penalty: float = PENALTY,
    embedder: Embedder | None = None,
) -> list[int]:
    """Indexes of the sentences that open a topic; the first is 0, and no sentences give none.

    `sizes` measures each sentence (its seconds, or its words; 1 each when not given) and `min_size` is the least a
    segment may have in that measure. Like TextTiling, it looks for the places where what is said before and after
    differs in meaning; unlike it, it weighs all boundaries together and takes the best set of them.
    """
    if not sentences:
        return []
    measured = np.ones(len(sentences)) if sizes is None else np.asarray(sizes, dtype=np.float64)
    if len(measured) != len(sentences):
        raise ValueError("There must be one size for each sentence.")
    vectors = (embedder or load_embedder()).embed(sentences, kind="passage").astype(np.float64)
    return best_partition(_smoothed(vectors), measured, min_size=min_size, penalty=penalty)


def best_partition(
    vectors: NDArray[np.float64], sizes: NDArray[np.float64], *, min_size: float, penalty: float
) -> list[int]:
    """The starts of the segments that leave the least variance inside, each start paid for by the penalty."""
    count = len(vectors)
    centred = vectors - vectors.mean(axis=0)
    sums = np.vstack([np.zeros(centred.shape[1]), np.cumsum(centred, axis=0)])
    norms = np.einsum("ij,ij->i", sums, sums)
    ends = np.concatenate([[0.0], np.cumsum(sizes)])
    price = penalty * float(np.einsum("ij,ij->", centred, centred)) / count * np.log(max(count, FEW))
    best = np.full(count + 1, -np.inf)
    best[0] = 0.0
    previous = np.zeros(count + 1, dtype=np.int64)
    for end in range(1, count + 1):
        lengths = end - np.arange(end)
        explained = (norms[end] + norms[:end] - 2 * sums[:end] @ sums[end]) / lengths
        scores = np.where(ends[end] - ends[:end] >= min_size, best[:end] + explained - price, -np.inf)
        previous[end] = int(np.argmax(scores))
        best[end] = scores[previous[end]]
    if not np.isfinite(best[count]):
        return [0]
    return _walk_back(previous, count)


def _walk_back(previous: NDArray[np.int64], end: int) -> list[int]:
    starts: list[int] = []
    while end > 0:
        end = int(previous[end])
        starts.append(end)
    return starts[::-1]


def _smoothed(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each sentence read together with its neighbours: single sentences stray from their topic."""
    padded = np.pad(vectors, ((1, 1), (0, 0)), mode="edge")
    smoothed: NDArray[np.float64] = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    return smoothed
