"""Key points are what was said, so they say it as the captions do now. Pure: rows in, rows out."""

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]


def carry_points(points: Sequence[Row], before: Sequence[Row], after: Sequence[Row], *, spaced: bool) -> list[Row]:
    """`points` with the words and times of `after`, where `before` were the words that they came from.

    What changes between two versions of captions is one stretch of words; those ahead of it and behind it are the same.
    A point whose words are gone keeps its place, without text, until they are back. `spaced` says whether the language
    parts its words.
    """
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = len(before) - head - tail, len(after) - head - tail

    def place(at: int) -> int:
        if at <= head:
            return at
        if at >= head + old:
            return at - old + new
        return head + round((at - head) * new / old)

    carried = []
    for point in points:
        said = [at for at, word in enumerate(before) if _is_within(word, point)]
        if said and point["text"]:
            words = after[place(said[0]) : place(said[-1] + 1)]
        else:
            words = [word for word in after if _is_within(word, point)]
        text = (" " if spaced else "").join(str(word["text"]) for word in words)
        first, last = (words[0]["start_ms"], words[-1]["end_ms"]) if words else (point["start_ms"], point["end_ms"])
        carried.append({"start_ms": first, "end_ms": last, "text": text})
    return carried


def _alike(one: Sequence[Row], other: Sequence[Row]) -> int:
    """How many words at the beginning are the same."""
    count = 0
    for left, right in zip(one, other, strict=False):
        if (left["text"], left["start_ms"]) != (right["text"], right["start_ms"]):
            break
        count += 1
    return count


def _is_within(word: Row, point: Row) -> bool:
    middle = (int(word["start_ms"]) + int(word["end_ms"])) / 2
    return int(point["start_ms"]) <= middle <= int(point["end_ms"])
