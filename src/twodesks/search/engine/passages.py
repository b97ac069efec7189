"""Texts cut into the passages that are found: about a paragraph, or half a minute of speech."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from twodesks.kit.markdown import Block
from twodesks.language.sentences import split_sentences
from twodesks.search.engine.words import fold, indexed_words

FEW_WORDS = 40
MANY_WORDS = 110
SPOKEN_WORDS = 45
LONGEST_SPOKEN_MS = 25_000
MOST_PASSAGES = 2_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be: what is shown, where it is, what it depends on.

    `context` is read with the text but not shown (a heading, topics). `marks` are [offset in the text, start_ms] of
    each cue, so that a hit opens at the second of the words that were found. `recording_id` and `within_insight_id`
    name what must be visible besides the source itself.
    """

    text: str
    place: str = ""
    context: str = ""
    part_id: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    recording_id: int | None = None
    within_insight_id: int | None = None
    marks: list[list[int]] = field(default_factory=list)


def words_of(title: str, piece: Piece) -> str:
    """What the index of words has: the title counts for every passage, since a paragraph seldom repeats its topic."""
    return indexed_words(f"{title}\n{piece.context}\n{piece.text}")


def meaning_of(title: str, piece: Piece) -> str:
    """What is embedded."""
    return "\n".join(part for part in (title, piece.context, piece.text) if part)


def digest_of(title: str, piece: Piece) -> str:
    """The same for passages that need no new embedding and no new words."""
    stated = json.dumps([title, piece.context, piece.text], ensure_ascii=False)
    return hashlib.blake2b(stated.encode("utf-8", "replace"), digest_size=16).hexdigest()


def folded_title(title: str) -> str:
    return " ".join(fold(title).split())


def body_pieces(blocks: Sequence[Block]) -> Iterator[Piece]:
    """The passages of a Markdown body: short blocks together, long ones at sentence ends, none across a heading."""
    heading = ""
    waiting: list[Block] = []
    first = 0
    for number, block in enumerate(blocks, 1):
        if block.kind == "heading":
            yield from _joined(waiting, first, heading)
            waiting, heading = [], block.text
            continue
        if waiting and _words(waiting) + len(block.text.split()) > MANY_WORDS:
            yield from _joined(waiting, first, heading)
            waiting = []
        if not waiting:
            first = number
        waiting.append(block)
        if _words(waiting) >= FEW_WORDS:
            yield from _joined(waiting, first, heading)
            waiting = []
    yield from _joined(waiting, first, heading)


def _words(blocks: Iterable[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _joined(blocks: Sequence[Block], first: int, heading: str) -> Iterator[Piece]:
    if not blocks:
        return
    whole = Piece(text="", place=f"¶ {first}", context=heading)
    text = "\n".join(block.text for block in blocks)
    yield from (replace(whole, text=part) for part in _split_long(text))


def _split_long(text: str) -> Iterator[str]:
    if len(text.split()) <= MANY_WORDS:
        yield text
        return
    part: list[str] = []
    for sentence in split_sentences(text):
        for stretch in _stretches(sentence):
            if part and len(" ".join(part).split()) + len(stretch.split()) > MANY_WORDS:
                yield " ".join(part)
                part = []
            part.append(stretch)
    if part:
        yield " ".join(part)


def _stretches(sentence: str) -> Iterator[str]:
    words = sentence.split()
    for start in range(0, len(words), MANY_WORDS):
        yield " ".join(words[start : start + MANY_WORDS])


def spoken_pieces(cues: Iterable[dict[str, Any]], *, recording_id: int | None = None) -> Iterator[Piece]:
    """The passages of captions: cues together to about half a minute, ended where a sentence ends if one does.

    In a call each turn begins with its speaker's name, so that words are found by who said them.
    """
    text = speaker = ""
    marks: list[list[int]] = []
    end_ms = 0
    for cue in cues:
        said = " ".join(str(cue["text"]).split())
        if not said:
            continue
        start_ms = int(cue["start_ms"])
        if marks and (len(text.split()) >= 2 * SPOKEN_WORDS or start_ms - marks[0][1] > 2 * LONGEST_SPOKEN_MS):
            yield _spoken(text, marks, end_ms, recording_id)
            text, marks = "", []
        who = str(cue.get("speaker") or "")
        if who and (who != speaker or not text):
            said = f"{who}: {said}"
        speaker = who
        text = f"{text} {said}" if text else said
        marks.append([len(text) - len(said), start_ms])
        end_ms = int(cue["end_ms"])
        full = len(text.split()) >= SPOKEN_WORDS or end_ms - marks[0][1] >= LONGEST_SPOKEN_MS
        if full and text.rstrip("\"'”’").endswith((".", "?", "!", "…", "。")):
            yield _spoken(text, marks, end_ms, recording_id)
            text, marks = "", []
    if marks:
        yield _spoken(text, marks, end_ms, recording_id)


def _spoken(text: str, marks: list[list[int]], end_ms: int, recording_id: int | None) -> Piece:
    return Piece(text=text, start_ms=marks[0][1], end_ms=end_ms, marks=marks, recording_id=recording_id)
