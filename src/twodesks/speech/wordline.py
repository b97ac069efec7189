"""The words of one window after the other as one line, mended where a window ended in the middle of a sentence."""

import re
from collections.abc import Sequence
from dataclasses import replace

from twodesks.speech.languages import UNSPACED
from twodesks.speech.phrasing import leans_forward
from twodesks.speech.words import Word

_FULL_STOP = re.compile(r"(?<=\w)(?:\.{1,3}|…|-)$")
_SEAM_PAUSE_MS = 1_000
_LEAST_MS = 10


class WordLine:
    """The last word is held back until the next window is known: Whisper ends each window with a full stop, and only
    what follows shows whether the speaker did."""

    def __init__(self, words: Sequence[Word] = ()) -> None:
        self.held = words[-1] if words else None

    def add(self, words: Sequence[Word], language: str) -> list[Word]:
        """Those that will not change any more."""
        if not words:
            return []
        if self.held is None:
            ordered = in_order(words)
        else:
            ordered = [self.held, *in_order(words, after_ms=self.held.end_ms)]
            ordered[:2] = _mended(ordered[0], ordered[1], language)
        self.held = ordered[-1]
        return ordered[:-1]

    def preview(self, words: Sequence[Word], language: str) -> list[Word]:
        """The held word and what seems to follow it, without taking it in."""
        if self.held is None:
            return in_order(words)
        ordered = [self.held, *in_order(words, after_ms=self.held.end_ms)]
        if len(ordered) > 1:
            ordered[:2] = _mended(ordered[0], ordered[1], language)
        return ordered

    def finish(self) -> list[Word]:
        last, self.held = self.held, None
        return [last] if last else []


def in_order(words: Sequence[Word], *, after_ms: int = 0) -> list[Word]:
    """Words that begin no earlier than the one before ends, each at least a moment long."""
    ordered = []
    at = after_ms
    for word in words:
        start = max(word.start_ms, at)
        at = max(word.end_ms, start + _LEAST_MS)
        ordered.append(
            word if (start, at) == (word.start_ms, word.end_ms) else replace(word, start_ms=start, end_ms=at)
        )
    return ordered


def _mended(last: Word, first: Word, language: str) -> tuple[Word, Word]:
    open_end = _FULL_STOP.sub("", last.text)
    close = first.start_ms - last.end_ms < _SEAM_PAUSE_MS
    if language in UNSPACED or not close or not open_end:
        return last, first
    if first.text[0].islower():
        return replace(last, text=open_end), first
    if language == "en" and leans_forward(open_end):
        small = first.text[0].lower() + first.text[1:]
        return replace(last, text=open_end), replace(first, text=small) if leans_forward(small) else first
    return last, first
