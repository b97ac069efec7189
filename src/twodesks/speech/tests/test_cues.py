import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.kit.webvtt import Cue, parse_captions, to_srt, to_vtt
from twodesks.speech.cues import COLUMNS_A_SECOND, LINE_COLUMNS, LONGEST_MS, SHORTEST_MS, make_cues
from twodesks.speech.phrasing import columns
from twodesks.speech.words import Word, join_words

VOCABULARY = (
    "the a of and release branch deploy. then, New York Mary Smith University of Porto Dr. 3 minutes — “quote” "
    "https://wiki.example.org/a/very/long/address/that/goes/on/and/on/for/ever 你好 naïve kubectl"
)
TEXTS = st.one_of(
    st.sampled_from(VOCABULARY.split()),
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzABC.,?", min_size=1, max_size=12),
)


@st.composite
def spoken(draw: st.DrawFn) -> list[Word]:
    words, at = [], draw(st.integers(0, 5_000))
    for text in draw(st.lists(TEXTS, max_size=60)):
        start = at + draw(st.sampled_from([0, 0, 0, 20, 120, 400, 900, 2_500, 20_000]))
        at = start + draw(st.sampled_from([0, 10, 60, 150, 250, 400, 900, 9_000]))
        words.append(Word(start, at, text, 0.9))
    return words


def say(text: str, *, start_ms: int = 0, ms_a_letter: int = 65) -> list[Word]:
    """Words spoken at an even pace, with a short stop after a sentence."""
    words, at = [], start_ms
    for part in text.split():
        words.append(Word(at, at + len(part) * ms_a_letter, part, 0.9))
        at += (len(part) + 1) * ms_a_letter + (350 if part.endswith(".") else 0)
    return words


@given(spoken())
@settings(max_examples=300)
def test_every_word_is_in_the_cues_once_and_in_order(words: list[Word]) -> None:
    shown = "".join("".join(cue.text.split()) for cue in make_cues(words))
    assert shown == "".join(word.text for word in words)


@given(spoken())
@settings(max_examples=300)
def test_cues_fit_two_lines_of_forty_two(words: list[Word]) -> None:
    for cue in make_cues(words):
        lines = cue.text.split("\n")
        assert 1 <= len(lines) <= 2
        assert all(0 < columns(line) <= LINE_COLUMNS for line in lines)


@given(spoken())
@settings(max_examples=300)
def test_cues_follow_one_another_and_last_at_most_seven_seconds(words: list[Word]) -> None:
    cues = make_cues(words)
    assert all(0 < cue.end_ms - cue.start_ms <= LONGEST_MS for cue in cues)
    assert all(cue.end_ms <= following.start_ms for cue, following in pairwise(cues))


@given(spoken())
@settings(max_examples=300)
def test_a_cue_is_short_or_hasty_only_when_the_next_one_presses(words: list[Word]) -> None:
    for cue, following in pairwise(make_cues(words)):
        duration = cue.end_ms - cue.start_ms
        needed = max(SHORTEST_MS, math.ceil(len(cue.text) * 1000 / COLUMNS_A_SECOND))
        assert duration >= min(needed, LONGEST_MS) or cue.end_ms == following.start_ms


@given(spoken())
def test_cues_come_back_from_both_kinds_of_files(words: list[Word]) -> None:
    cues = make_cues(words)
    assert parse_captions(to_vtt(cues)) == cues
    assert not cues or parse_captions(to_srt(cues)) == cues


def test_cues_break_where_a_sentence_does() -> None:
    sentences = [
        "First we tag the release on the main branch.",
        "Then the pipeline builds it and runs every single test.",
        "After that somebody has to press the button.",
    ]
    assert [cue.text.replace("\n", " ") for cue in make_cues(say(" ".join(sentences)))] == sentences


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Yesterday everybody talked at length with Anna Maria Lindqvist about it", "Anna Maria Lindqvist"),
        ("The handbook that we follow was written at the University of Porto by two people", "University of Porto"),
        ("If anything looks strange in the numbers you can call Dr. Okonkwo and ask", "Dr. Okonkwo"),
    ],
)
def test_a_name_is_never_broken(text: str, name: str) -> None:
    words = say(text)
    for lead in range(0, 50, 3):  # move the name through every place in the lines
        cues = make_cues(say("so " * lead) + [Word(w.start_ms + 30_000, w.end_ms + 30_000, w.text, 0.9) for w in words])
        assert any(name in line for cue in cues for line in cue.text.split("\n"))


def test_a_pause_takes_the_words_off_the_screen() -> None:
    cues = make_cues([*say("Watch what happens."), *say("There it is.", start_ms=10_000)])
    assert [cue.text for cue in cues] == ["Watch what happens.", "There it is."]
    assert cues[0].end_ms < 3_000


def test_chinese_is_counted_in_double_columns_and_joined_without_spaces() -> None:
    words = [
        Word(at * 200, at * 200 + 200, character, 0.9)
        for at, character in enumerate("今天我们来看看怎么发布新版本，" * 4)
    ]
    cues = make_cues(words, language="zh")
    assert all(len(line) <= LINE_COLUMNS // 2 for cue in cues for line in cue.text.split("\n"))
    assert join_words([cue.text.replace("\n", "") for cue in cues], "zh") == "今天我们来看看怎么发布新版本，" * 4


def test_a_last_word_may_be_read_for_a_second() -> None:
    assert make_cues([Word(500, 620, "Done.", 0.9)], duration_ms=700) == [Cue(500, 1_500, "Done.")]


def test_nothing_said_gives_no_cues() -> None:
    assert make_cues([]) == []
