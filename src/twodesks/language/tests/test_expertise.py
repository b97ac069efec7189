"""Who is likely to know: what raises somebody, what lets them sink, and learning from a community's own history."""

import numpy as np
import pytest

from twodesks.language.answer_history import AnswerHistory, nearest
from twodesks.language.embedding import load_embedder
from twodesks.language.expertise import DAY_S, SIGNALS, Signals, example, features, fit, rank, shipped_weights

ALICE, BOB, CHARLIE = 1, 2, 3
LOCKS, BRAKES = "Postgres waits for a lock and times out", "The front brake squeals in the rain"


class Told:
    """A history that is told in days."""

    def __init__(self) -> None:
        self.embedder = load_embedder()
        self.history = AnswerHistory(self.embedder.dimension)
        self.answers = 0

    def ask(self, thread: int, text: str, *topics: str) -> None:
        vector = self.embedder.embed([text], kind="passage")[0]
        self.history.ask(thread, text=text, vector=vector, topics=topics)

    def answer(self, thread: int, member: int, *, day: float, text: str = "Like so.") -> int:
        self.answers += 1
        self.history.answer(self.answers, thread=thread, member=member, at=day * DAY_S, text=text)
        return self.answers

    def who(self, text: str, *topics: str, day: float = 30, leave_out: tuple[int, ...] = ()) -> list[int]:
        return rank(self.signals(text, *topics, day=day, leave_out=leave_out)).members

    def signals(self, text: str, *topics: str, day: float = 30, leave_out: tuple[int, ...] = ()) -> Signals:
        vector = self.embedder.embed([text], kind="query")[0]
        return self.history.signals(text=text, vector=vector, at=day * DAY_S, topics=topics, leave_out=leave_out)


@pytest.fixture
def told() -> Told:
    told = Told()
    told.ask(1, LOCKS, "postgres")
    told.ask(2, BRAKES, "bicycle")
    told.answer(1, ALICE, day=1)
    told.answer(2, BOB, day=1)
    return told


def test_who_answered_such_a_question_comes_first(told: Told) -> None:
    assert told.who("a lock in Postgres never ends") == [ALICE, BOB]
    assert told.who("my brake makes a noise") == [BOB, ALICE]


def test_likeness_in_meaning_needs_no_shared_word(told: Told) -> None:
    assert told.who("bicycle stopping loudly when wet")[0] == BOB


def test_topics_alone_tell(told: Told) -> None:
    assert told.who("something is odd", "postgres")[0] == ALICE


def test_who_asks_is_no_candidate(told: Told) -> None:
    assert told.who("a lock in Postgres", leave_out=(ALICE,)) == [BOB]


def test_an_accepted_answer_weighs_more(told: Told) -> None:
    told.answer(1, CHARLIE, day=1)
    before = told.who("a lock in Postgres")
    assert before.index(ALICE) < before.index(CHARLIE)
    told.history.accept(3)
    after = told.who("a lock in Postgres")
    assert after.index(CHARLIE) < after.index(ALICE)


def test_who_has_gone_quiet_sinks(told: Told) -> None:
    told.ask(3, LOCKS)
    told.answer(3, CHARLIE, day=400)
    assert told.who("a lock in Postgres", day=401) == [CHARLIE, ALICE, BOB]


def test_nobody_knows_in_an_empty_history() -> None:
    assert Told().who("a lock in Postgres") == []


def test_chances_sum_to_one(told: Told) -> None:
    ranking = rank(told.signals("a lock in Postgres"))
    assert sum(ranking.chances) == pytest.approx(1.0)
    assert ranking.chances == sorted(ranking.chances, reverse=True)


def test_a_share_means_the_same_however_many_there_are() -> None:
    few = Signals(np.array([1, 2]), {"often": np.array([3.0, 1.0])})
    many = Signals(np.array([1, 2]), {"often": np.array([300.0, 100.0])})
    assert np.allclose(features(few), features(many))


def test_fit_finds_what_a_community_goes_by() -> None:
    """Here whoever is like the question answers, and activity says nothing."""
    chance = np.random.default_rng(5)
    prior = dict.fromkeys(SIGNALS, 0.0) | {"often": 0.5}
    learned = []
    for _ in range(200):
        signals = Signals(np.arange(20), {"often": chance.random(20), "meaning": chance.random(20) ** 6})
        found = example(signals, {int(signals.sums["meaning"].argmax()): 1.0}, prior)
        assert found is not None
        learned.append(found)
    weights = fit(learned, prior, hold=1.0)
    assert weights["meaning"] > 1.0
    assert weights["often"] < 0.2
    assert min(weights.values()) >= 0.0


def test_little_history_leaves_the_weights_as_they_were() -> None:
    signals = Signals(np.arange(3), {"meaning": np.array([1.0, 0.1, 0.1])})
    found = example(signals, {0: 1.0}, shipped_weights())
    assert found is not None
    learned = fit([found], shipped_weights(), hold=5_000.0)
    assert all(abs(learned[name] - shipped_weights()[name]) < 0.02 for name in SIGNALS)


def test_who_never_answered_teaches_nothing() -> None:
    signals = Signals(np.arange(3), {"often": np.ones(3)})
    assert example(signals, {99: 1.0}, shipped_weights()) is None


def test_only_the_nearest_speak() -> None:
    assert nearest(np.array([1.0, 5.0, 3.0, 2.0]), 2).tolist() == [0.0, 5.0, 3.0, 0.0]
