"""Words with their times, and the sentences that they make."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from twodesks.speech.languages import UNSPACED

_SENTENCE_END = re.compile(r"[.?!…。？！]+[\"'”’»)\]」』]*$")
_ABBREVIATION = re.compile(r"^[\"'“‘(]*(?:(?!I)[A-Z]|(?i:(?:[a-z]\.)+[a-z]|mrs?|ms|dr|prof|st|vs|approx|fig|jr|sr))\.$")

_LONGEST_SENTENCE_WORDS = 45
_UNPUNCTUATED_PAUSE_MS = 900


@dataclass(frozen=True, slots=True)
class Word:
    """`text` has its punctuation and no spaces around it. `probability` runs from 0 to 1."""

    start_ms: int
    end_ms: int
    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Sentence:
    start_ms: int
    end_ms: int
    text: str


def join_words(texts: Sequence[str], language: str) -> str:
    return ("" if language in UNSPACED else " ").join(texts)


def ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None and _ABBREVIATION.match(text) is None


def split_sentences(words: Sequence[Word], language: str) -> list[Sentence]:
    """Sentences by punctuation; where the speaker left none, by the longest pauses."""
    sentences = []
    for group in _groups(words):
        text = join_words([word.text for word in group], language)
        sentences.append(Sentence(group[0].start_ms, group[-1].end_ms, text))
    return sentences


def _groups(words: Sequence[Word]) -> Iterator[list[Word]]:
    group: list[Word] = []
    for index, word in enumerate(words):
        group.append(word)
        if ends_sentence(word.text) or index == len(words) - 1:
            yield from _without_run_on(group)
            group = []


def _without_run_on(group: list[Word]) -> Iterator[list[Word]]:
    if len(group) <= _LONGEST_SENTENCE_WORDS:
        yield group
        return
    pauses = [
        (following.start_ms - word.end_ms, index) for index, (word, following) in enumerate(pairwise(group), start=1)
    ]
    margin = _LONGEST_SENTENCE_WORDS // 5
    inner = [(pause, at) for pause, at in pauses if margin <= at <= len(group) - margin]
    pause, at = max(inner, key=lambda item: (item[0], -abs(item[1] - len(group) // 2)))
    if pause < _UNPUNCTUATED_PAUSE_MS and len(group) <= 2 * _LONGEST_SENTENCE_WORDS:
        yield group
        return
    yield from _without_run_on(group[:at])
    yield from _without_run_on(group[at:])
