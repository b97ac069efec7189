"""BM25 in memory, held against its formula."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twodesks.language.word_index import K1, B, WordIndex, word_keys

TEXTS = st.lists(st.lists(st.sampled_from(["lock", "table", "brake", "chain", "spoke"]), max_size=8), max_size=8)


def by_formula(texts: list[list[str]], asked: list[str]) -> list[float]:
    mean = sum(map(len, texts)) / len(texts)
    scores = []
    for text in texts:
        score = 0.0
        for word, times in Counter(asked).items():
            having = sum(word in other for other in texts)
            weight = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5)) if having else 0.0
            count = text.count(word)
            norm = K1 * (1 - B + B * len(text) / mean)
            score += min(2.0, 1 + math.log(times)) * weight * count * (K1 + 1) / (count + norm)
        scores.append(score)
    return scores


@given(TEXTS.filter(lambda texts: any(texts)), st.lists(st.sampled_from(["lock", "table", "new"]), min_size=1))
def test_scores_are_those_of_the_formula(texts: list[list[str]], asked: list[str]) -> None:
    index = WordIndex()
    for text in texts:
        index.add(text)
    assert index.scores(asked) == pytest.approx(by_formula(texts, asked), abs=1e-4)


@given(TEXTS.filter(lambda texts: any(texts)), st.data())
def test_a_text_that_grew_scores_as_if_it_came_whole(texts: list[list[str]], data: st.DataObject) -> None:
    grown, whole = WordIndex(), WordIndex()
    cuts = [data.draw(st.integers(0, len(text))) for text in texts]
    for text, cut in zip(texts, cuts, strict=True):
        grown.add(text[:cut])
        whole.add(text)
    for number, (text, cut) in enumerate(zip(texts, cuts, strict=True)):
        grown.extend(number, text[cut:])
    assert np.allclose(grown.scores(["lock", "brake"]), whole.scores(["lock", "brake"]), atol=1e-4)


def test_words_are_compared_by_stem_and_code_whole() -> None:
    assert word_keys("Locks locked the locking") == ["lock", "lock", "lock"]
    assert "err_42" in word_keys("What is ERR_42?")
    assert word_keys("the and of") == []


def test_nothing_is_like_anything_in_an_empty_index() -> None:
    assert len(WordIndex().scores(["lock"])) == 0
