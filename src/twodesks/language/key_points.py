"""The sentences that say most of what a text says."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twodesks.language.embedding import Embedder, Vectors, load_embedder

# Above this likeness two sentences say the same thing.
SAME = 0.86
# How much a sentence's worth counts against its likeness to those already taken.
WORTH = 0.7

_CUES = re.compile(
    r"\b(important|remember|make sure|be sure|always|never|don't|do not|must|have to|need to|the trick|the key|"
    r"the point|because|so that|instead|otherwise|first of all|the reason|that means|which means|in short|in summary|"
    r"to sum up|the answer|the fix|the cause|works by|warning|careful|tip|best|the difference|only if|as long as)\b",
    re.IGNORECASE,
)
_FILLERS = re.compile(
    r"^\W*(um+|uh+|okay|ok|so yeah|yeah|yes|no|right|well|hi|hello|hey|thanks|thank you|bye|welcome|anyway|"
    r"let me|let's see|can you (see|hear)|see you|that's it|i('m| am) going to (show|talk|share))\b",
    re.IGNORECASE,
)
_ANNOUNCES = re.compile(
    r"\b(we|i|you|let us)('ll| will| are going to|'re going to) (\w+ ){0,2}("
    r"show|see|look|learn|talk|explain|cover|go)\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"^\W*(it|this|that|these|those|they|he|she|and|but|or)\b", re.IGNORECASE)


def extract_key_points(sentences: Sequence[str], *, limit: int, embedder: Embedder | None = None) -> list[int]:
    """Indexes of at most `limit` sentences, in the order of the text, none repeating another.

    A sentence is worth more when it is near in meaning to the rest of the text, says why or how (cue words), and can
    be read alone; greetings, fillers and questions are worth less.
    """
    usable = [index for index, sentence in enumerate(sentences) if _can_stand_alone(sentence)]
    if not usable or limit < 1:
        return []
    chosen_sentences = [sentences[index] for index in usable]
    vectors = (embedder or load_embedder()).embed(chosen_sentences, kind="passage")
    worth = _centrality(vectors) + np.array([_manner(sentence) for sentence in chosen_sentences])
    return sorted(usable[row] for row in _choose(vectors, worth, limit))


def _can_stand_alone(sentence: str) -> bool:
    words = sentence.split()
    letters = sum(character.isalpha() for character in sentence)
    return 4 <= len(words) <= 60 and letters >= len(sentence) / 2


def _centrality(vectors: Vectors) -> NDArray[np.float64]:
    """Mean likeness to all sentences, from 0 for the most remote to 1 for the most central."""
    mean = vectors @ vectors.mean(axis=0)
    spread = float(mean.max() - mean.min())
    scaled: NDArray[np.float64] = (mean.astype(np.float64) - float(mean.min())) / (spread or 1.0)
    return scaled


def _manner(sentence: str) -> float:
    words = len(sentence.split())
    score = 0.15 * min(2, len(_CUES.findall(sentence)))
    score -= 0.6 if _FILLERS.search(sentence) else 0.0
    score -= 0.25 if _ANNOUNCES.search(sentence) else 0.0
    score -= 0.35 if sentence.rstrip("\"'”’)").endswith("?") else 0.0
    score -= 0.12 if _POINTS_BACK.search(sentence) else 0.0
    score -= 0.25 if words < 7 else 0.0
    score -= 0.15 if words > 35 else 0.0
    return score


def _choose(vectors: Vectors, worth: NDArray[np.float64], limit: int) -> list[int]:
    """Maximal marginal relevance: the worthiest that is least like those already chosen."""
    chosen: list[int] = []
    likeness = np.zeros(len(worth))
    left = np.ones(len(worth), dtype=bool)
    while len(chosen) < limit and left.any():
        scores = np.where(left, WORTH * worth - (1 - WORTH) * likeness, -np.inf)
        best = int(np.argmax(scores))
        chosen.append(best)
        likeness = np.maximum(likeness, (vectors @ vectors[best]).astype(np.float64))
        left &= likeness < SAME
        left[best] = False
    return chosen
