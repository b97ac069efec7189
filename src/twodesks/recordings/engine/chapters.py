"""Chapters: titles with the time at which they begin; each lasts until the next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from twodesks.recordings.engine.cues import CannotMend, tidy

MOST_CHAPTERS = 100
MOST_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Chapter:
    start_ms: int
    title: str


def from_rows(rows: Iterable[dict[str, Any]]) -> list[Chapter]:
    return [Chapter(row["start_ms"], row["text"]) for row in rows]


def to_rows(chapters: Iterable[Chapter], duration_ms: int) -> list[dict[str, Any]]:
    """As a track keeps them: each ends where the next begins, the last with the recording."""
    ordered = sorted(chapters, key=lambda chapter: chapter.start_ms)
    ends = [chapter.start_ms for chapter in ordered[1:]] + [duration_ms]
    return (
        [
            {"start_ms": chapter.start_ms, "end_ms": max(end, chapter.start_ms + 1), "text": chapter.title}
            for chapter, end in zip(ordered, ends, strict=True)
        ]
        if ordered
        else []
    )


def rename(chapters: list[Chapter], start_ms: int, title: str) -> list[Chapter]:
    _find(chapters, start_ms)
    return [Chapter(start_ms, _checked(title)) if chapter.start_ms == start_ms else chapter for chapter in chapters]


def add(chapters: list[Chapter], start_ms: int, title: str, duration_ms: int) -> list[Chapter]:
    if not 0 <= start_ms < duration_ms:
        raise CannotMend("This is outside of the recording.")
    if any(chapter.start_ms == start_ms for chapter in chapters):
        raise CannotMend("A chapter begins there already.")
    if len(chapters) >= MOST_CHAPTERS:
        raise CannotMend(f"A recording has at most {MOST_CHAPTERS} chapters.")
    return sorted([*chapters, Chapter(start_ms, _checked(title))], key=lambda chapter: chapter.start_ms)


def remove(chapters: list[Chapter], start_ms: int) -> list[Chapter]:
    _find(chapters, start_ms)
    return [chapter for chapter in chapters if chapter.start_ms != start_ms]


def _find(chapters: list[Chapter], start_ms: int) -> None:
    if all(chapter.start_ms != start_ms for chapter in chapters):
        raise CannotMend("This chapter is not there any more.")


def _checked(title: str) -> str:
    title = tidy(title).replace("\n", " ")
    if not title:
        raise CannotMend("Give the chapter a title.")
    if len(title) > MOST_LETTERS:
        raise CannotMend(f"Keep the title of a chapter under {MOST_LETTERS} letters.")
    return title
