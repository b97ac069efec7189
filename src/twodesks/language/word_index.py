"""BM25 over texts that come one after another and may grow, in memory.

Robertson and Zaragoza, “The Probabilistic Relevance Framework: BM25 and Beyond”, 2009; the weight of a word is
`log(1 + (n - df + 0.5) / (df + 0.5))`, which is never negative.

>>> index = WordIndex()
>>> for text in ("lock timeout in Postgres", "a new bicycle"):
...     _ = index.add(word_keys(text))
>>> int(index.scores(word_keys("postgres locks")).argmax())
0
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twodesks.language.words import WORD, fold, is_code_like, stem, stop_words

Scores = NDArray[np.float32]
_Posting = tuple[NDArray[np.int64], NDArray[np.float32], float]

K1, B = 1.2, 0.75
# The rarest words of a long question say what it is about; the others cost time.
MOST_QUERY_WORDS = 48
LONGEST_WORD = 60


def word_keys(text: str) -> list[str]:
    """The words of a text that say something, as the index compares them; code-like ones whole and by their stem."""
    return [key for match in WORD.finditer(text) for key in _keys(match.group())]


@lru_cache(maxsize=50_000)
def _keys(word: str) -> tuple[str, ...]:
    folded = fold(word)[:LONGEST_WORD]
    if folded in stop_words("en") or folded.removesuffix("'s") in stop_words("en"):
        return ()
    stemmed = stem(folded)
    return (stemmed, folded) if is_code_like(word) and stemmed != folded else (stemmed,)


class WordIndex:
    """Postings by word. Texts are numbered from 0 as they are added."""

    def __init__(self) -> None:
        self._postings: dict[str, tuple[array[int], array[int]]] = {}
        self._grown: set[str] = set()
        self._lengths = array("i")
        self._length = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, words: Iterable[str]) -> int:
        """One more text; gives its number."""
        self._lengths.append(0)
        self._write(len(self._lengths) - 1, words)
        return len(self._lengths) - 1

    def extend(self, number: int, words: Iterable[str]) -> None:
        """More words for a text that is in."""
        counted = Counter(words)
        self._grown.update(word for word in counted if word in self._postings)
        self._write(number, counted.elements())

    def _write(self, number: int, words: Iterable[str]) -> None:
        for word, count in Counter(words).items():
            self._lengths[number] += count
            self._length += count
            texts, counts = self._postings.setdefault(word, (array("i"), array("i")))
            texts.append(number)
            counts.append(count)

    def scores(self, words: Sequence[str]) -> Scores:
        """The BM25 score of every text, by number."""
        scores = np.zeros(len(self), dtype=np.float32)
        if not self._length:
            return scores
        mean = self._length / len(self)
        norms = (K1 * (1 - B + B * np.array(self._lengths, dtype=np.float32) / mean)).astype(np.float32)
        for texts, counts, weight in self._weightiest(words):
            scores[texts] += np.float32(weight * (K1 + 1)) * counts / (counts + norms[texts])
        return scores

    def _weightiest(self, words: Sequence[str]) -> list[_Posting]:
        found: list[_Posting] = []
        for word, times in Counter(words).items():
            if word in self._postings:
                texts, counts = self._posting(word)
                # A word that a question repeats weighs more, but not twice as much.
                found.append((texts, counts, _weight(len(texts), len(self)) * min(2.0, 1 + math.log(times))))
        found.sort(key=lambda posting: -posting[2])
        return found[:MOST_QUERY_WORDS]

    def _posting(self, word: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        # Copies: an array that is looked into cannot grow.
        texts, counts = (np.array(column) for column in self._postings[word])
        if word in self._grown:
            together = np.bincount(texts, weights=counts)
            texts = np.flatnonzero(together)
            counts = together[texts]
        return texts.astype(np.int64), counts.astype(np.float32)


def _weight(having: int, size: int) -> float:
    return math.log(1 + (size - having + 0.5) / (having + 0.5))
