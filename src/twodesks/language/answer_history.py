"""A history of questions and answers in memory, told in order of time and asked at any moment of it.

For measuring and training, and for use as a library. The application keeps the same sums in its database.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from twodesks.language.embedding import Vectors
from twodesks.language.expertise import (
    ACCEPTED_COUNTS,
    DAY_S,
    HALF_LIVES_D,
    LIKE_HALF_LIFE_D,
    LIKE_LATELY_HALF_LIFE_D,
    THANKS_COUNT,
    Signals,
    Values,
    by_meaning,
    by_words,
    faded,
)
from twodesks.language.word_index import WordIndex, word_keys

# So many of the threads nearest in words, and in meaning, speak for those who answered them.
NEAREST = 200


class AnswerHistory:
    """Times are in seconds; tell everything in their order."""

    def __init__(self, dimension: int) -> None:
        self._threads: dict[int, int] = {}
        self._words = WordIndex()
        self._wording = WordIndex()
        self._vectors = np.zeros((1_024, dimension), dtype=np.float32)
        self._topics: list[tuple[str, ...]] = []
        self._by_topic: dict[str, array[int]] = defaultdict(lambda: array("l"))
        self._answers: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._thread, self._place, self._at = array("l"), array("l"), array("d")
        self._accepted, self._thanks = array("d"), array("d")

    def ask(self, thread: int, *, text: str, vector: Vectors, topics: Sequence[str] = ()) -> None:
        number = self._words.add(word_keys(text))
        self._threads[thread] = number
        if number == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.zeros_like(self._vectors)])
        self._vectors[number] = vector
        self._topics.append(tuple(topics))
        for topic in topics:
            self._by_topic[topic].append(number)

    def answer(self, answer: int, *, thread: int, member: int, at: float, text: str) -> None:
        self._answers[answer] = self._wording.add(word_keys(text))
        self._thread.append(self._threads[thread])
        self._place.append(self._places.setdefault(member, len(self._places)))
        self._at.append(at)
        self._accepted.append(0.0)
        self._thanks.append(0.0)

    def accept(self, answer: int) -> None:
        self._accepted[self._answers[answer]] = 1.0

    def thank(self, answer: int) -> None:
        self._thanks[self._answers[answer]] += 1.0

    def signals(
        self, *, text: str, vector: Vectors, at: float, topics: Sequence[str] = (), leave_out: Iterable[int] = ()
    ) -> Signals:
        """What speaks for each member who has answered anything, at that time; those to `leave_out` left out."""
        members = np.array(list(self._places), dtype=np.int64)
        places = np.array(self._place, dtype=np.int64)
        ages = at - np.array(self._at)
        accepted, thanks = np.array(self._accepted), np.array(self._thanks)
        credit = 1.0 + ACCEPTED_COUNTS * accepted + THANKS_COUNT * np.log2(1.0 + thanks)

        def total(amounts: Values) -> Values:
            return np.bincount(places, weights=amounts, minlength=len(members)).astype(np.float64)

        keys = word_keys(text)
        threads = np.array(self._thread, dtype=np.int64)
        words = nearest(by_words(self._words.scores(keys).astype(np.float64)))
        meaning = nearest(by_meaning((self._vectors[: len(self._words)] @ vector).astype(np.float64)))
        wording = nearest(by_words(self._wording.scores(keys).astype(np.float64)))
        like = credit * faded(ages, LIKE_HALF_LIFE_D)
        sums = {name: total(faded(ages, days)) for name, days in HALF_LIVES_D.items()}
        sums["accepted"] = total((accepted + 0.1 * np.log2(1.0 + thanks)) * faded(ages, LIKE_HALF_LIFE_D / 2))
        sums["words"] = total(words[threads] * like)
        sums["meaning"] = total(meaning[threads] * like)
        recent = credit * faded(ages, LIKE_LATELY_HALF_LIFE_D)
        sums["both"] = total(np.sqrt(words * meaning)[threads] * recent)
        sums["wording"] = total(wording * like)
        topical = self._topical(topics)[threads]
        sums["topics"] = total(topical * like)
        sums["topics_lately"] = total(topical * recent)
        last = np.full(len(members), np.inf)
        np.minimum.at(last, places, ages)
        sums["quiet"] = np.maximum(last, 0.0) / DAY_S
        kept = ~np.isin(members, list(leave_out))
        return Signals(members[kept], {name: column[kept] for name, column in sums.items()})

    def answers_given(self) -> dict[int, int]:
        """By member, all of them. What others compare."""
        counts: list[int] = np.bincount(np.array(self._place, dtype=np.int64), minlength=len(self._places)).tolist()
        return dict(zip(self._places, counts, strict=True))

    def by_words_alone(self, text: str, *, most: int = 50) -> dict[int, float]:
        """By member, the sum of the BM25 scores of the threads most like it that they answered. What others compare."""
        scores = nearest(self._words.scores(word_keys(text)).astype(np.float64), most)
        sums = np.bincount(
            np.array(self._place, dtype=np.int64),
            weights=scores[np.array(self._thread, dtype=np.int64)],
            minlength=len(self._places),
        )
        return dict(zip(self._places, sums.tolist(), strict=True))

    def _topical(self, topics: Sequence[str]) -> Values:
        """Per thread: the weight of the topics that it shares, rarer ones more."""
        shared = np.zeros(len(self._words))
        for topic in topics:
            having = self._by_topic.get(topic)
            if having:
                shared[np.array(having, dtype=np.int64)] += np.log1p(len(self._words) / len(having))
        return shared**2


def nearest(weights: Values, most: int = NEAREST) -> Values:
    """The weights with all but the `most` largest set to zero."""
    if len(weights) <= most:
        return weights
    least = np.partition(weights, len(weights) - most)[len(weights) - most]
    return np.where(weights >= least, weights, 0.0)
