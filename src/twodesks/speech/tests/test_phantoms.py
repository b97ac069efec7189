import pytest

from twodesks.speech.phantoms import Confidence, without_phantoms
from twodesks.speech.words import Word

SURE = Confidence(mean_log_probability=-0.2, no_speech_probability=0.05, compression_ratio=1.4)
UNSURE = Confidence(mean_log_probability=-0.8, no_speech_probability=0.7, compression_ratio=0.9)


def spoken(text: str, *, probability: float = 0.9, at: int = 0, ms: int = 250) -> list[Word]:
    return [Word(at + ms * i, at + ms * (i + 1), part, probability) for i, part in enumerate(text.split())]


def believed(words: list[Word], confidence: Confidence = SURE) -> str:
    return " ".join(word.text for word in without_phantoms(words, confidence))


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.",
        "Thanks for watching!",
        "you",
        "Subtitles by the Amara.org community",
        "ご視聴ありがとうございました",
    ],
)
def test_what_subtitles_say_over_noise_is_dropped(text: str) -> None:
    assert believed(spoken(text, probability=0.4), UNSURE) == ""


@pytest.mark.parametrize("text", ["Thank you.", "Thanks for watching!", "Bye."])
def test_the_same_words_clearly_spoken_stay(text: str) -> None:
    assert believed(spoken(text, probability=0.95)) == text


def test_a_phantom_after_the_last_sentence_goes_alone() -> None:
    words = spoken("Press save and wait.") + spoken("Thank you.", probability=0.3, at=9_000)
    assert believed(words) == "Press save and wait."


def test_silence_as_whisper_sees_it_has_no_words() -> None:
    assert believed(spoken("Oh."), Confidence(-1.4, 0.8, 0.5)) == ""


def test_guesses_are_dropped() -> None:
    assert believed(spoken("Mumble jumble", probability=0.1), Confidence(-1.6, 0.3, 0.9)) == ""


def test_a_loop_is_kept_once() -> None:
    assert believed(spoken("Now " + "we go to the next one. " * 9 + "Done.")) == "Now we go to the next one. Done."


def test_people_do_repeat_themselves() -> None:
    assert believed(spoken("No, no, no, not that very very old one.")) == "No, no, no, not that very very old one."


def test_words_without_any_time_were_not_spoken() -> None:
    flash = [Word(3_000, 3_000, word, 0.2) for word in ["I", "am", "not", "sure"]]
    assert believed([*spoken("All is well."), *flash]) == "All is well."
