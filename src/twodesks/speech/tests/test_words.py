import pytest
from faster_whisper.tokenizer import _LANGUAGE_CODES

from twodesks.speech.languages import LANGUAGES, language_code
from twodesks.speech.problems import UnknownLanguage
from twodesks.speech.words import Word, join_words, split_sentences


def words(text: str, *, ms: int = 300) -> list[Word]:
    return [Word(at * ms, at * ms + ms, part, 0.9) for at, part in enumerate(text.split())]


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(words(text), "en")]


def test_sentences_end_at_their_marks() -> None:
    assert texts("Is it up? Yes. It runs on port 8.5 now!") == ["Is it up?", "Yes.", "It runs on port 8.5 now!"]


def test_titles_and_initials_end_no_sentence() -> None:
    assert texts("Ask Dr. Osei or J. Smith, e.g. about leave. Then tell me.") == [
        "Ask Dr. Osei or J. Smith, e.g. about leave.",
        "Then tell me.",
    ]


def test_sentences_keep_their_times() -> None:
    first, second = split_sentences(words("One two. Three."), "en")
    assert (first.start_ms, first.end_ms, second.start_ms, second.end_ms) == (0, 600, 600, 900)


def test_speech_without_marks_is_parted_at_its_longest_pauses() -> None:
    run = words("word " * 40) + [Word(w.start_ms + 14_000, w.end_ms + 14_000, w.text, 0.9) for w in words("more " * 40)]
    assert [len(sentence.text.split()) for sentence in split_sentences(run, "en")] == [40, 40]


def test_every_word_is_in_one_sentence() -> None:
    run = words("and then we " * 200)
    assert sum(len(s.text.split()) for s in split_sentences(run, "en")) == 600


def test_japanese_is_joined_without_spaces() -> None:
    assert join_words(["今日", "は"], "ja") == "今日は"
    assert join_words(["to", "day"], "en") == "to day"


@pytest.mark.parametrize(
    ("given", "code"), [("en", "en"), ("EN-gb", "en"), ("pt_BR", "pt"), ("german", "de"), ("yue", "yue")]
)
def test_languages_by_code_or_name(given: str, code: str) -> None:
    assert language_code(given) == code


def test_a_language_that_nobody_speaks_is_refused() -> None:
    with pytest.raises(UnknownLanguage, match="klingon"):
        language_code("klingon")


def test_the_languages_are_those_of_whisper() -> None:
    assert set(LANGUAGES) == set(_LANGUAGE_CODES)
