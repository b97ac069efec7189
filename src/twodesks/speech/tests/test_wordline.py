from twodesks.speech.wordline import WordLine, in_order
from twodesks.speech.words import Word


def spoken(text: str, *, at: int = 0) -> list[Word]:
    return [Word(at + 300 * i, at + 300 * i + 280, part, 0.9) for i, part in enumerate(text.split())]


def line(first: str, second: str, *, pause_ms: int = 100, language: str = "en") -> str:
    words = WordLine()
    before = spoken(first)
    given = words.add(before, language)
    given += words.add(spoken(second, at=before[-1].end_ms + pause_ms), language)
    return " ".join(word.text for word in given + words.finish())


def test_a_full_stop_in_the_middle_of_a_sentence_goes() -> None:
    assert (
        line("data captured by numbers.", "percentages and scores.")
        == "data captured by numbers percentages and scores."
    )


def test_a_sentence_does_not_end_after_a_preposition() -> None:
    assert line("give opinions in.", "The focus groups.") == "give opinions in the focus groups."


def test_a_real_end_stays() -> None:
    assert line("We are done.", "Next we wait.") == "We are done. Next we wait."
    assert line("We are done.", "e-mail me later.", pause_ms=3_000) == "We are done. e-mail me later."
    assert line("Is it you?", "and me?") == "Is it you? and me?"


def test_the_last_word_waits_for_the_next_window() -> None:
    words = WordLine()
    assert [word.text for word in words.add(spoken("one two"), "en")] == ["one"]
    assert [word.text for word in words.add([], "en")] == []
    assert [word.text for word in words.finish()] == ["two"]
    assert words.finish() == []


def test_a_preview_takes_nothing_in() -> None:
    words = WordLine()
    words.add(spoken("one two."), "en")
    assert [word.text for word in words.preview(spoken("three", at=700), "en")] == ["two", "three"]
    assert [word.text for word in words.finish()] == ["two."]


def test_words_do_not_overlap() -> None:
    ordered = in_order([Word(100, 500, "a", 1), Word(300, 400, "b", 1), Word(390, 390, "c", 1)], after_ms=200)
    assert [(word.start_ms, word.end_ms) for word in ordered] == [(200, 500), (500, 510), (510, 520)]
