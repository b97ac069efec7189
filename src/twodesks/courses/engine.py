"""Figures of a course that need no rows: how long a lesson takes, what passes a quiz."""

import math
import re

from twodesks.kit.timecode import parse_media_fragment

# Brysbaert 2019, "How many words do we read per minute?": 238 for silent reading of English non-fiction.
WORDS_A_MINUTE = 238
_CLIP = re.compile(r"\(recording:\d+#(t=[\d.,]+)\)")


def lesson_minutes(body: str) -> int:
    """Whole minutes to read a Markdown body and watch its clips; at least 1."""
    watching_ms = 0
    for fragment in _CLIP.findall(body):
        try:
            start, end = parse_media_fragment(fragment)
        except ValueError:
            continue
        watching_ms += max(0, (end or start) - start)
    words = len(re.findall(r"\w+", _CLIP.sub("", body)))
    return max(1, round(words / WORDS_A_MINUTE + watching_ms / 60_000))


def quiz_minutes(questions: int) -> int:
    """Half a minute a question; at least 1."""
    return max(1, math.ceil(questions / 2))


def needed_to_pass(questions: int) -> int:
    """How many right answers pass: two thirds, rounded up, so that one or two questions must all be right."""
    return math.ceil(questions * 2 / 3)
