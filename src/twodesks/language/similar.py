"""Earlier questions like a new one: words, meaning, and what was answered, made one.

Each piece of evidence is a number for every earlier question; it is put on one scale (mean 0, deviation 1 over all of
them) and weighed. Who asks again uses other words than who asked first, but often those of the answer: so what was
answered counts as well as what was asked, by BM25 over the whole thread and by meaning of each answer.

>>> index = SimilarQuestions(load_embedder())
>>> index.ask(1, "How do I reset my password?", "")
>>> index.ask(2, "Where is the bicycle shed?", "")
>>> index.find("Forgot password", "")[0].key
1
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twodesks.language.embedding import Embedder, Vectors
from twodesks.language.word_index import WordIndex, word_keys

Values = NDArray[np.float64]

# Learned by bench/train_similar.py; docs/routing.md says on what, and how they do on a dump that they have not seen.
WEIGHTS: Mapping[str, float] = {"words": 0.19, "thread": 0.34, "meaning": 0.57, "answers": 0.25, "titles": 0.32}
ANSWER_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Similar:
    """`evidence` by the names of `WEIGHTS`, on one scale: how far above the mean, in deviations."""

    key: int
    score: float
    evidence: Mapping[str, float]


class SimilarQuestions:
    """In memory, told in any order; a question is there before its answers."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._numbers: dict[int, int] = {}
        self._titles: list[str] = []
        self._words, self._threads = WordIndex(), WordIndex()
        self._meanings, self._title_meanings = Rows(embedder.dimension), Rows(embedder.dimension)
        self._answers, self._answered = Rows(embedder.dimension), list[int]()

    def ask(self, key: int, title: str, body: str) -> None:
        text = f"{title}\n{body}"
        self._numbers[key] = self._words.add(word_keys(text))
        self._threads.add(word_keys(text))
        self._titles.append(title)
        # Two calls: in one batch the title would be padded to the length of the text.
        self._meanings.add(self._embedder.embed([text], kind="passage")[0])
        self._title_meanings.add(self._embedder.embed([title], kind="passage")[0])

    def answer(self, key: int, text: str) -> None:
        number = self._numbers[key]
        self._threads.extend(number, word_keys(text))
        read = f"{self._titles[number]}\n{text}"[:ANSWER_CHARACTERS]
        self._answers.add(self._embedder.embed([read], kind="passage")[0])
        self._answered.append(number)

    def evidence(self, title: str, body: str) -> dict[str, Values]:
        """For every question so far, in the order in which they were asked."""
        text = f"{title}\n{body}" if body else title
        vector = self._embedder.embed([text], kind="query")[0]
        heading = self._embedder.embed([title], kind="query")[0] if body else vector
        answers = np.zeros(len(self._words))
        np.maximum.at(answers, np.array(self._answered, dtype=np.int64), self._answers.all @ vector)
        return {
            "words": self._words.scores(word_keys(text)).astype(np.float64),
            "thread": self._threads.scores(word_keys(text)).astype(np.float64),
            "meaning": (self._meanings.all @ vector).astype(np.float64),
            "answers": answers,
            "titles": (self._title_meanings.all @ heading).astype(np.float64),
        }

    def find(self, title: str, body: str, *, limit: int = 10, weights: Mapping[str, float] = WEIGHTS) -> list[Similar]:
        """The likest first."""
        known = {name: scaled(values) for name, values in self.evidence(title, body).items()}
        if not len(self._words):
            return []
        scores = fused(known, weights)
        keys = list(self._numbers)
        return [
            Similar(keys[number], float(scores[number]), {name: float(known[name][number]) for name in known})
            for number in np.argsort(-scores, kind="stable")[:limit].tolist()
        ]


class Rows:
    """Vectors that become more."""

    def __init__(self, dimension: int) -> None:
        self._kept = np.zeros((256, dimension), dtype=np.float32)
        self._count = 0

    def add(self, row: Vectors) -> None:
        if self._count == len(self._kept):
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)])
        self._kept[self._count] = row
        self._count += 1

    @property
    def all(self) -> Vectors:
        return self._kept[: self._count]


def scaled(values: Values) -> Values:
    deviation = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / deviation if deviation > 0 else np.zeros(len(values))


def fused(evidence: Mapping[str, Values], weights: Mapping[str, float]) -> Values:
    """The weighed sum of evidence that is on one scale."""
    parts: Sequence[Values] = [weights[name] * evidence[name] for name in weights]
    total: Values = np.sum(parts, axis=0)
    return total
