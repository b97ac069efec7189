"""Cues with the times of their words, and the ways of mending them. Pure: values in, values out.

What holds before and after every function: cues are in order, do not overlap, each lasts a moment at least; the words
of a cue, in order, are its text; whose words they are stays with them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from twodesks.kit.lines import one_line

LINE = 42
SHORTEST_MS = 200
LONGEST_MS = 20_000
MOST_LETTERS = 500
# By how many letters a line may be longer than the other to end where something ends.
_ENDS = {".": 16, "?": 16, "!": 16, "…": 16, ";": 10, ":": 10, ",": 8}


class CannotMend(ValueError):  # noqa: N818 - reads as what it is
    """Why a change cannot be made, in words for people. The cues are as they were."""


@dataclass(frozen=True, slots=True)
class Word:
    start_ms: int
    end_ms: int
    text: str
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class TimedCue:
    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...]
    speaker: str = ""
    member_id: int | None = None


Edit = Callable[[list[TimedCue]], list[TimedCue]]


def from_rows(cues: Iterable[dict[str, Any]], words: Iterable[dict[str, Any]]) -> list[TimedCue]:
    """Cues and words as a track keeps them. Words that fit no cue are dropped, missing ones are made up in place."""
    waiting = [Word(row["start_ms"], row["end_ms"], row["text"], row.get("probability", 1.0)) for row in words]
    waiting.reverse()
    return [
        replace(
            _with_words(row["start_ms"], row["end_ms"], row["text"], list(_take(waiting, row["text"]))),
            speaker=row.get("speaker", ""),
            member_id=row.get("member_id"),
        )
        for row in cues
    ]


def to_rows(cues: Iterable[TimedCue]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    cue_rows, word_rows = [], []
    for cue in cues:
        cue_rows.append({"start_ms": cue.start_ms, "end_ms": cue.end_ms, "text": cue.text} | _who(cue))
        word_rows += [
            {"start_ms": w.start_ms, "end_ms": w.end_ms, "text": w.text, "probability": round(w.probability, 3)}
            for w in cue.words
        ]
    return cue_rows, word_rows


def _who(cue: TimedCue) -> dict[str, Any]:
    """Who speaks, where that is known: captions of one voice say nothing of it."""
    named: dict[str, Any] = {"speaker": cue.speaker} if cue.speaker else {}
    return named if cue.member_id is None else named | {"member_id": cue.member_id}


def correct(cues: list[TimedCue], index: int, text: str) -> list[TimedCue]:
    """Give a cue another text. Words that stay keep their times; new ones share the time of those they replace.

    An empty text takes the cue away.
    """
    cue = _at(cues, index)
    text = tidy(text)
    if not text:
        return cues[:index] + cues[index + 1 :]
    if len(text) > MOST_LETTERS:
        raise CannotMend(f"Keep a caption under {MOST_LETTERS} letters. Split it first.")
    texts = _tokens(text, like=cue)
    words = _realigned(texts, cue)
    return [*cues[:index], replace(cue, text=wrap(text), words=words), *cues[index + 1 :]]


def split(cues: list[TimedCue], index: int, at_word: int) -> list[TimedCue]:
    """Cut a cue in two before its word number `at_word`, counted from 0."""
    cue = _at(cues, index)
    if not 0 < at_word < len(cue.words):
        raise CannotMend("A caption is split between two of its words.")
    if cue.end_ms - cue.start_ms < 2:
        raise CannotMend("This caption is too short to be split.")
    middle = min(max(cue.words[at_word].start_ms, cue.start_ms + 1), cue.end_ms - 1)
    before, after = cue.words[:at_word], cue.words[at_word:]
    spaced = _is_spaced(cue)
    first = replace(cue, end_ms=middle, text=wrap(_joined(before, spaced)), words=_within(before, cue.start_ms, middle))
    second = replace(cue, start_ms=middle, text=wrap(_joined(after, spaced)), words=_within(after, middle, cue.end_ms))
    return [*cues[:index], first, second, *cues[index + 1 :]]


def merge(cues: list[TimedCue], index: int) -> list[TimedCue]:
    """Join a cue with the one after it."""
    cue = _at(cues, index)
    if index + 1 >= len(cues):
        raise CannotMend("This is the last caption, so there is none to join it with.")
    following = cues[index + 1]
    if (cue.speaker, cue.member_id) != (following.speaker, following.member_id):
        raise CannotMend("Somebody else speaks in the next caption, so the two stay apart.")
    if following.end_ms - cue.start_ms > LONGEST_MS:
        raise CannotMend(f"Together they would stay on for more than {LONGEST_MS // 1000} seconds.")
    spaced = _is_spaced(cue) or _is_spaced(following)
    words = cue.words + following.words
    joined = replace(cue, end_ms=following.end_ms, text=wrap(_joined(words, spaced)), words=words)
    return [*cues[:index], joined, *cues[index + 2 :]]


def retime(cues: list[TimedCue], index: int, start_ms: int, end_ms: int, duration_ms: int | None) -> list[TimedCue]:
    """Let a cue come and go at other times; its words move with it."""
    cue = _at(cues, index)
    if end_ms - start_ms < SHORTEST_MS:
        raise CannotMend("A caption ends after it begins, and stays on for a fifth of a second at least.")
    if start_ms < 0 or (duration_ms is not None and end_ms > duration_ms + 1000):
        raise CannotMend("This is outside of the recording.")
    if index > 0 and start_ms < cues[index - 1].end_ms:
        raise CannotMend("The caption before is still on at that time. Make that one shorter first.")
    if index + 1 < len(cues) and end_ms > cues[index + 1].start_ms:
        raise CannotMend("The caption after begins before that time. Make this one shorter, or move that one.")
    share = (end_ms - start_ms) / (cue.end_ms - cue.start_ms)

    def moved(at: int) -> int:
        return round(start_ms + (at - cue.start_ms) * share)

    words = tuple(replace(word, start_ms=moved(word.start_ms), end_ms=moved(word.end_ms)) for word in cue.words)
    moved_cue = replace(cue, start_ms=start_ms, end_ms=end_ms, words=_within(words, start_ms, end_ms))
    return [*cues[:index], moved_cue, *cues[index + 1 :]]


def from_file(lines: Iterable[tuple[int, int, str]]) -> list[TimedCue]:
    """Cues that somebody brought, in order of time: those that overlap are cut, their words timed by their length."""
    kept: list[tuple[int, int, str]] = []
    for start, end, given in sorted(lines):
        text = tidy(given)
        if not text:
            continue
        if kept and start <= kept[-1][0]:
            before = kept.pop()
            start, end, text = before[0], max(end, before[1]), f"{before[2]}\n{text}"
        elif kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], start, kept[-1][2])
        kept.append((start, end, text))
    return [_with_words(start, end, text, []) for start, end, text in kept]


def tidy(text: str) -> str:
    """Without control characters and needless spaces; its lines stay."""
    return "\n".join(filter(None, map(one_line, text.splitlines())))


def wrap(text: str) -> str:
    """In two lines where one is too long, parted near the middle, rather where a sentence or a phrase ends.

    A text that has lines keeps them.
    """
    if "\n" in text or len(text) <= LINE:
        return text
    spaces = [at for at, letter in enumerate(text) if letter == " "]
    if not spaces:
        return text

    def away(at: int) -> float:
        longer = max(at, len(text) - at - 1)
        return abs(at - len(text) / 2) + max(0, longer - LINE) * 4 - _ENDS.get(text[at - 1], 0)

    middle = min(spaces, key=away)
    return f"{text[:middle]}\n{text[middle + 1 :]}"


def _at(cues: Sequence[TimedCue], index: int) -> TimedCue:
    if not 0 <= index < len(cues):
        raise CannotMend("This caption is not there any more.")
    return cues[index]


def _is_spaced(cue: TimedCue) -> bool:
    """Whether words are parted by spaces; Japanese, Chinese and Thai part none."""
    return len(cue.words) < 2 or len(cue.text.split()) > 1


def _joined(words: Sequence[Word], spaced: bool) -> str:
    return (" " if spaced else "").join(word.text for word in words)


def _tokens(text: str, *, like: TimedCue) -> list[str]:
    return text.split() if _is_spaced(like) or " " in text else list(text.replace("\n", ""))


def _take(waiting: list[Word], text: str) -> Iterator[Word]:
    """Words from the end of `waiting` that make up `text`; a word that two cues share is cut where they part."""
    rest = "".join(text.split())
    while rest and waiting:
        word = waiting.pop()
        plain = "".join(word.text.split())
        if not plain:
            continue
        if rest.startswith(plain):
            yield replace(word, text=plain)
            rest = rest[len(plain) :]
        elif plain.startswith(rest):
            middle = word.start_ms + round((word.end_ms - word.start_ms) * len(rest) / len(plain))
            waiting.append(Word(middle, word.end_ms, plain[len(rest) :], word.probability))
            yield Word(word.start_ms, middle, rest, word.probability)
            return
        else:
            waiting.append(word)
            return


def _with_words(start: int, end: int, text: str, words: list[Word]) -> TimedCue:
    """A cue whose words are its text, made up evenly when those given are not."""
    if "".join(word.text for word in words) != "".join(text.split()):
        words = list(_spread(text.split(), start, end))
    return TimedCue(start, end, text, _within(words, start, end))


def _spread(texts: Sequence[str], start: int, end: int) -> Iterator[Word]:
    """Words over a stretch of time, each as long as its letters."""
    letters = sum(len(text) + 1 for text in texts) or 1
    at = 0
    for text in texts:
        begin = start + (end - start) * at // letters
        at += len(text) + 1
        yield Word(begin, start + (end - start) * at // letters, text)


def _realigned(texts: Sequence[str], cue: TimedCue) -> tuple[Word, ...]:
    old = cue.words
    matcher = SequenceMatcher(a=[_bare(word.text) for word in old], b=[_bare(text) for text in texts], autojunk=False)
    made: list[Word] = []
    for kind, a1, a2, b1, b2 in matcher.get_opcodes():
        if kind == "equal":
            made += [
                word if word.text == text else replace(word, text=text, probability=1.0)
                for word, text in zip(old[a1:a2], texts[b1:b2], strict=True)
            ]
        elif b2 > b1:
            begin = old[a1].start_ms if a2 > a1 else (old[a1 - 1].end_ms if a1 else cue.start_ms)
            end = old[a2 - 1].end_ms if a2 > a1 else (old[a1].start_ms if a1 < len(old) else cue.end_ms)
            made += _spread(texts[b1:b2], begin, max(begin, end))
    return _within(made, cue.start_ms, cue.end_ms)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum()) or text


def _within(words: Iterable[Word], start: int, end: int) -> tuple[Word, ...]:
    """In order and inside the cue."""
    kept = []
    at = start
    for word in words:
        begin = min(max(word.start_ms, at), end)
        stop = min(max(word.end_ms, begin), end)
        kept.append(
            word if (begin, stop) == (word.start_ms, word.end_ms) else replace(word, start_ms=begin, end_ms=stop)
        )
        at = begin
    return tuple(kept)
