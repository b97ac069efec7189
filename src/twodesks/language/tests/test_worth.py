import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.language import talk
from twodesks.language.worth import Leaning, Turn, judge, learn, offer_from

NAMES = {"a": "Mira", "b": "Owen", "c": "Nadia"}
EXPLAINED = [
    Turn("a", "How do I see which query holds the lock on the orders table? The migration waits for ever."),
    Turn(
        "b", "Look in pg_stat_activity first: `select pid, query from pg_stat_activity where wait_event_type = 'Lock'`."
    ),
    Turn(
        "b", "Then ask who blocks it with pg_blocking_pids(pid), because the one that waits is not the one that holds."
    ),
    Turn("b", "If it is only an idle session you can end it with pg_terminate_backend(pid), otherwise wait for it."),
    Turn("a", "That worked, thank you! It was an idle session of mine."),
]
CHATTED = [
    Turn("a", "hey all"),
    Turn("b", "morning! who is coming to lunch tomorrow?"),
    Turn("c", "me, 12:30 at the usual place"),
    Turn("a", "lol ok, see you there"),
]
UNSOLVED = [
    Turn("a", "My printer does not work, any ideas?"),
    Turn("b", "which printer is it?"),
    Turn("a", "still not working"),
    Turn("b", "no idea then, sorry"),
    Turn("a", "My printer does not work, any ideas?"),
]


def test_an_explanation_that_helped_is_above_chatter_and_above_what_nobody_could_solve() -> None:
    kept = judge(EXPLAINED, names=NAMES)
    assert kept.score > offer_from()
    assert judge(CHATTED, names=NAMES).score < 0.2
    assert judge(UNSOLVED, names=NAMES).score < 0.2


def test_reasons_name_who_explained_with_what_and_who_said_it_helped() -> None:
    kept = judge(EXPLAINED, names=NAMES, asked_again=2, shown=3)
    assert kept.explainer == "b"
    assert kept.reasons == (
        "Owen explains in three messages, with steps and a command",
        "Mira said it helped",
        "Asked again by two others",
        "Shown to others three times",
    )


def test_an_asker_without_a_name_stays_without_one() -> None:
    kept = judge(EXPLAINED, names={"b": "Owen"})
    assert kept.reasons[1] == "Somebody said it helped"
    assert not any("Mira" in reason for reason in kept.reasons)


def test_asked_again_and_shown_to_others_count_for_it() -> None:
    plain = judge(EXPLAINED)
    assert plain.score < judge(EXPLAINED, asked_again=1).score < judge(EXPLAINED, asked_again=3, shown=2).score


def test_an_accepted_answer_counts_even_if_nobody_says_thanks() -> None:
    silent = EXPLAINED[:-1]
    accepted = [*silent[:-1], Turn("b", silent[-1].text, accepted=True)]
    assert judge(silent).score < judge(accepted).score
    assert "It was accepted as the answer" in judge(accepted).reasons


def test_a_voice_note_can_be_the_explanation() -> None:
    spoken = [EXPLAINED[0], Turn("b", "", spoken_s=95.0), EXPLAINED[-1]]
    assert judge(spoken).explainer == "b"
    assert judge(spoken).score > 0.1


def test_nothing_said_is_worth_nothing() -> None:
    assert judge([]).score == 0.0
    assert judge([Turn("a", "hi")]).score == 0.0


def test_no_and_no_again_lowers_the_score_of_the_like_and_yes_raises_it() -> None:
    kept = judge(EXPLAINED)
    no, yes = Leaning(), Leaning()
    for _ in range(8):
        no, yes = learn(no, kept.features, keep=False), learn(yes, kept.features, keep=True)
    assert judge(EXPLAINED, leaning=no).score < kept.score <= judge(EXPLAINED, leaning=yes).score
    assert no.answers == 8


def test_one_answer_changes_little_and_a_thousand_stay_within_bounds() -> None:
    kept = judge(EXPLAINED)
    once = learn(Leaning(), kept.features, keep=False)
    assert abs(judge(EXPLAINED, leaning=once).score - kept.score) < 0.15
    often = Leaning()
    for _ in range(1_000):
        often = learn(often, kept.features, keep=False)
    assert all(abs(shift) <= 0.6 for shift in often.shifts.values())
    assert judge(CHATTED, leaning=often).score < 0.3


def test_learning_is_repeatable() -> None:
    features = judge(UNSOLVED).features
    assert learn(Leaning(), features, keep=True) == learn(Leaning(), features, keep=True)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=200)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_the_score_is_a_share_and_never_fails(said: list[tuple[str, str]]) -> None:
    found = judge([Turn(author, text) for author, text in said], names=NAMES)
    assert 0.0 <= found.score <= 1.0
    assert bool(found.reasons) == (found.score > 0)


@pytest.mark.parametrize(
    "text", ["hi all", "bob: np :)", "thanks!", "👍", "+1", "let me check", "cool, will do :tada:"]
)
def test_small_talk_is_small_talk(text: str) -> None:
    assert talk.is_small_talk(text)


@pytest.mark.parametrize("text", ["run `make map`", "restart nginx", "https://example.org/a", "you can", "no, 15432"])
def test_what_says_something_is_no_small_talk(text: str) -> None:
    assert not talk.is_small_talk(text)


def test_hostile_text_is_read_in_time() -> None:
    started = time.perf_counter()
    for text in (
        "ha" * 9_000,
        "1" * 18_000,
        "/a" * 9_000,
        "- " * 9_000,
        "```\n" * 4_000,
        "\n" * 18_000,
        "just a " * 2_500,
    ):
        for pattern in (value for value in vars(talk).values() if isinstance(value, re.Pattern)):
            pattern.search(text)
        judge([Turn("a", "how?"), Turn("b", text)])
    assert time.perf_counter() - started < 5
