"""Similar questions: by other words, by what was answered, by title alone."""

import numpy as np
import pytest

from twodesks.language.embedding import load_embedder
from twodesks.language.similar import SimilarQuestions, scaled


@pytest.fixture(scope="module")
def asked() -> SimilarQuestions:
    index = SimilarQuestions(load_embedder())
    index.ask(1, "How do I reset my password?", "I am locked out of the time sheet.")
    index.ask(2, "Where is the bicycle shed?", "I cannot find it in building C.")
    index.ask(3, "The nightly build is red", "It fails since this morning, see the log.")
    index.answer(3, "The runner was out of disk space: prune the docker images, then start it again.")
    index.ask(4, "Who has the key of the meeting room?", "")
    return index


@pytest.mark.parametrize(
    ("title", "body", "key"),
    [
        ("Forgot the password", "", 1),
        ("I cannot log in any more", "It says that my secret is wrong.", 1),
        ("Somewhere to leave my bike", "", 2),
        ("No space left on device when pulling docker images", "", 3),
    ],
)
def test_the_question_that_was_asked_before_is_first(asked: SimilarQuestions, title: str, body: str, key: int) -> None:
    found = asked.find(title, body)
    assert found[0].key == key
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_what_was_answered_is_evidence(asked: SimilarQuestions) -> None:
    evidence = {one.key: one.evidence for one in asked.find("prune docker images", "")}[3]
    assert evidence["thread"] > 1.0
    assert evidence["answers"] > evidence["words"] >= 0.0


def test_nothing_is_found_before_anything_was_asked() -> None:
    assert SimilarQuestions(load_embedder()).find("anything", "at all") == []


def test_evidence_that_tells_nothing_apart_counts_nothing() -> None:
    assert scaled(np.array([2.0, 2.0])).tolist() == [0.0, 0.0]
