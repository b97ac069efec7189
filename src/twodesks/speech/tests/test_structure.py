from itertools import pairwise

import pytest

from twodesks.speech.structure import SHORTEST_CHAPTER_MS, find_structure
from twodesks.speech.words import Word

RELEASES = (
    "Every release begins on the release branch. We tag the release branch with the version number. The build server "
    "then makes the packages and signs them. If the build fails, never tag again, because the version number is used. "
    "Somebody from the platform team checks the signed packages before the release goes out. "
)
COFFEE = (
    "Now let us look at the coffee machine in the kitchen. The coffee machine needs fresh water every morning. You "
    "empty the tray of old coffee grounds before it is full. Descale the coffee machine once a month with the blue "
    "tablets. The beans are in the cupboard above the coffee machine. "
)
HOLIDAYS = (
    "Holiday requests go through the calendar. Your manager approves the holiday request within two days. Public "
    "holidays are already marked in the calendar. Holiday that you do not take can be carried over until March. "
    "Remember to set your out of office reply before your holiday. "
)


def talk(*parts: str, ms_a_word: int = 420) -> list[Word]:
    return [
        Word(at * ms_a_word, (at + 1) * ms_a_word - 60, text, 0.9) for at, text in enumerate(" ".join(parts).split())
    ]


def test_chapters_begin_where_the_topic_changes_and_are_named_by_it() -> None:
    words = talk(RELEASES, RELEASES, COFFEE, COFFEE, HOLIDAYS, HOLIDAYS)
    found = find_structure(words, duration_ms=words[-1].end_ms)
    changes = [next(word.start_ms for word in words if word.text == text) for text in ("Now", "Holiday")]
    assert [chapter.start_ms for chapter in found.chapters] == pytest.approx([0, *changes], abs=8_000)
    release, coffee, holiday = (chapter.title.casefold() for chapter in found.chapters)
    assert "release" in release or "packages" in release
    assert "coffee" in coffee
    assert "holiday" in holiday
    assert all(chapter.title[0].isupper() for chapter in found.chapters)


def test_chapters_are_not_too_short() -> None:
    words = talk(RELEASES, COFFEE, HOLIDAYS, RELEASES, COFFEE, HOLIDAYS)
    starts = [chapter.start_ms for chapter in find_structure(words, duration_ms=words[-1].end_ms).chapters]
    assert starts[0] == 0
    assert all(b - a >= SHORTEST_CHAPTER_MS for a, b in pairwise(starts))


def test_a_recording_under_two_minutes_has_no_chapters() -> None:
    words = talk(RELEASES, COFFEE, HOLIDAYS)
    assert words[-1].end_ms < 120_000
    found = find_structure(words, duration_ms=words[-1].end_ms)
    assert found.chapters == []
    assert found.key_points
    assert found.topics


def test_one_topic_makes_no_chapters_and_breaks_nothing() -> None:
    words = talk("The same thing again. " * 100)
    assert find_structure(words, duration_ms=words[-1].end_ms).chapters == []


def test_key_points_are_sentences_with_their_seconds() -> None:
    words = talk(RELEASES, COFFEE)
    points = find_structure(words, duration_ms=words[-1].end_ms).key_points
    assert 3 <= len(points) <= 8
    text = RELEASES + COFFEE
    for point in points:
        assert point.text in text
        assert " ".join(w.text for w in words if point.start_ms <= w.start_ms < point.end_ms) == point.text


def test_a_few_words_have_no_structure() -> None:
    found = find_structure(talk("Hello there."), duration_ms=800)
    assert (found.chapters, found.key_points, found.topics) == ([], [], [])


def test_another_language_has_its_structure_too() -> None:
    words = talk(
        "Jede Veröffentlichung beginnt auf dem Zweig der Veröffentlichung. Der Server baut danach die Pakete. "
        "Die Pakete werden vom Team geprüft, weil ein Fehler teuer wäre."
    )
    found = find_structure(words, language="de", duration_ms=words[-1].end_ms)
    assert found.key_points
    assert any("Pakete" in topic or "Veröffentlichung" in topic for topic in found.topics)
