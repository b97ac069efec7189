"""Where to break a caption: after each word a cost, from 0 (the sentence ends) to NEVER (inside a name)."""

import re
import unicodedata
from collections.abc import Sequence

from twodesks.speech.words import Word, ends_sentence

NEVER = 1_000.0
AWKWARD = 70.0

_PAUSE_MS = 700
_BREATH_MS = 300
_CLAUSE_END = re.compile(r"[,;:—–،、，；：]+[\"'”’»)\]]*$")
_OPENING = "\"'“‘«([{¿¡—–-"
_CLOSING = "\"'”’»)]}.,;:?!…"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Between capitals these belong to a name: University of Porto, Vincent van Gogh.
_NAME_LINKS = _set("of de da do dos das del della di du van von der den la le los y bin ibn al")

# English alone: in other languages punctuation, pauses and names decide.
_STARTS_PHRASE = _set(
    "and but or nor so because although though while whereas if unless until when where which who whom whose that "
    "than then to of in on at by for with from into onto about after before between through during without within as "
    "like under over against across behind per via"
)
_LEANS_FORWARD = _set(
    "a an the this these those my your his her its our their some any no every each of to in on at by for with from "
    "into about and or but nor because if that which who as than is are was were be been am has have had will would "
    "can could should must may might do does did not don't very more most such mr mrs ms dr prof"
)
_SENTENCE_OPENERS = (
    _STARTS_PHRASE
    | _LEANS_FORWARD
    | _set(
        "i i'm i've i'll i'd it he she we you they it's he's she's we're you're they're let's what why how here there "
        "now next first second third finally also well okay ok yes please thank thanks take look one two use open "
        "click press choose go see make note remember all both many most our once since still today"
    )
)


def break_costs(words: Sequence[Word], language: str) -> list[float]:
    """The cost of a break after each word; after the last one it is 0."""
    bare = [word.text.strip(_OPENING + _CLOSING) for word in words]
    in_name = _name_joints(words, bare, english=language == "en")
    costs = [
        NEVER if in_name[at] else _cost(words[at], words[at + 1], bare[at], bare[at + 1], english=language == "en")
        for at in range(len(words) - 1)
    ]
    return [*costs, 0.0] if words else []


def leans_forward(text: str) -> bool:
    """An English word after which no sentence ends: `the`, `of`, `can`."""
    return text.strip(_OPENING + _CLOSING).casefold() in _LEANS_FORWARD


def columns(text: str) -> int:
    """Width in a caption line, where Chinese, Japanese and Korean characters take two columns."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
        if not unicodedata.combining(character)
    )


def _cost(word: Word, following: Word, bare: str, bare_following: str, *, english: bool) -> float:
    pause = following.start_ms - word.end_ms
    if pause >= _PAUSE_MS or ends_sentence(word.text):
        return 0.0
    if _CLAUSE_END.search(word.text):
        return 8.0
    if _is_quantity(bare, bare_following):
        return AWKWARD + 10
    if english and bare.casefold() in _LEANS_FORWARD:
        return AWKWARD
    if pause >= _BREATH_MS:
        return 15.0
    if english and bare_following.casefold() in _STARTS_PHRASE:
        return 22.0
    return 45.0


def _is_quantity(bare: str, bare_following: str) -> bool:
    """`12 minutes`, `5 million`, `page 12`, `Chapter 3`."""
    return bare[-1:].isdecimal() or bare_following[:1].isdecimal()


def _name_joints(words: Sequence[Word], bare: Sequence[str], *, english: bool) -> list[bool]:
    """For each word, whether a name goes on with the next one."""
    joints = [False] * len(words)
    capital = [_is_name_part(words, bare, at, english=english) for at in range(len(words))]
    for at in range(len(words) - 1):
        if not capital[at] or _is_closed(words[at]):
            continue
        if capital[at + 1]:
            joints[at] = True
        elif at + 2 < len(words) and capital[at + 2] and bare[at + 1] in _NAME_LINKS and not _is_closed(words[at + 1]):
            joints[at] = joints[at + 1] = True
    return joints


def _is_name_part(words: Sequence[Word], bare: Sequence[str], at: int, *, english: bool) -> bool:
    text = bare[at]
    if not text[:1].isupper():
        return False
    opens_sentence = at == 0 or ends_sentence(words[at - 1].text)
    return not (
        english
        and (text in {"I", "I'm", "I've", "I'll", "I'd"} or (opens_sentence and text.casefold() in _SENTENCE_OPENERS))
    )


def _is_closed(word: Word) -> bool:
    """Punctuation after it ends the name; the dot of `Dr.` or `J.` does not."""
    return word.text[-1:] in _CLOSING and (ends_sentence(word.text) or not word.text.endswith("."))
