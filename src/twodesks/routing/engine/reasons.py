"""Why somebody is named: what people read beside a name."""

from collections.abc import Sequence, Set
from functools import lru_cache

from twodesks.language.key_phrases import extract_key_phrases
from twodesks.language.words import WORD, fold, stem, stop_words

PHRASES = 6
LONGEST = 40


def subject(text: str, seen: Sequence[str]) -> str:
    """What a question and the texts that are like it are both about, in the question's words; empty if unclear."""
    stems = [_stems(other) for other in seen]
    best, most = "", 0
    for phrase, words in _phrases(text):
        having = sum(words <= other for other in stems)
        # Phrases come weightiest first: a later one must be in more of the texts.
        if having > most:
            best, most = phrase, having
    return best


@lru_cache(maxsize=64)
def _phrases(text: str) -> Sequence[tuple[str, Set[str]]]:
    """Kept, since one question is held against what each of several people said."""
    found = [phrase.text for phrase in extract_key_phrases(text, limit=PHRASES)]
    return [(phrase, words) for phrase in found if len(phrase) <= LONGEST and (words := _stems(phrase))]


def _stems(text: str) -> set[str]:
    words = (fold(word) for word in WORD.findall(text))
    return {stem(word) for word in words if word not in stop_words("en")}


def reason(*, answered: int, explained: int, accepted: int, about: str, channel: str, lately: int) -> str:
    """A few words, the strongest first: "answered 4 about Postgres locks, 3 accepted". Empty without any evidence."""
    subject_of = f" about {about}" if about else " like this"
    if answered:
        said = f"answered {answered}{subject_of}"
        return f"{said}, {_accepted(answered, accepted)}" if accepted else said
    if explained:
        return f"explained {explained}{subject_of}"
    if lately and channel:
        return f"answered {lately} in {channel}"
    return ""


def _accepted(answered: int, accepted: int) -> str:
    if answered == 1:
        return "accepted"
    return "all accepted" if accepted >= answered else f"{accepted} accepted"
