"""Who speaks in captions: for how long, in which turns, and how a speaker is given a name. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from twodesks.recordings.engine.cues import CannotMend, TimedCue
from twodesks.recordings.engine.speaker_names import LONGEST, clean_name

# Whoever says less than this share of a stretch, and less than so many words, listened.
_SOME_SHARE = 0.1
_SOME_WORDS = 8
# A question is asked no longer than this before its answer.
_JUST_BEFORE_MS = 30_000
_QUESTION = re.compile(r"[?？]+[\"'”’»)\]]*$")
_SENTENCE_END = re.compile(r"(?<=[.?!…。？！])\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """A cue as far as it matters who speaks."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""
    member_id: int | None = None

    @property
    def who(self) -> tuple[str, int | None]:
        return self.speaker, self.member_id


@dataclass(frozen=True, slots=True)
class Speaker:
    """`share` is of the time in which anybody speaks, from 0 to 1."""

    name: str
    member_id: int | None
    talk_ms: int
    turns: int
    share: float


@dataclass(frozen=True, slots=True)
class Parts:
    """The members who explained something in a stretch of a call, and those who asked for it."""

    explained: tuple[int, ...]
    asked: tuple[int, ...]
    question: tuple[Said, ...] = ()


def speakers_of(cues: Sequence[Said]) -> list[Speaker]:
    """Most talkative first; those whom nobody named are not in it."""
    talk: dict[tuple[str, int | None], int] = {}
    turns: dict[tuple[str, int | None], int] = {}
    before: tuple[str, int | None] | None = None
    for cue in cues:
        who = ("", cue.member_id) if cue.member_id is not None else cue.who
        talk[who] = talk.get(who, 0) + cue.end_ms - cue.start_ms
        turns[who] = turns.get(who, 0) + (who != before)
        before = who
    names: dict[tuple[str, int | None], str] = {
        ("", cue.member_id): cue.speaker for cue in cues if cue.member_id is not None
    }
    all_ms = sum(talk.values()) or 1
    found = [
        Speaker(names.get(who, who[0]), who[1], ms, turns[who], ms / all_ms)
        for who, ms in talk.items()
        if who != ("", None)
    ]
    return sorted(found, key=lambda speaker: (-speaker.talk_ms, speaker.name))


def name_speaker(
    cues: list[TimedCue], *, at: int, name: str, member_id: int | None, everywhere: bool
) -> list[TimedCue]:
    """Say who speaks in cue number `at`: in all that the same speaker says, or in this turn alone."""
    if not 0 <= at < len(cues):
        raise CannotMend("This caption is not there any more.")
    name = clean_name(name)
    if not name and member_id is not None:
        raise CannotMend("Give the speaker a name.")
    if len(name) >= LONGEST:
        raise CannotMend(f"Keep the name under {LONGEST} letters.")
    meant = (cues[at].speaker, cues[at].member_id)

    def is_meant(cue: TimedCue) -> bool:
        return (cue.speaker, cue.member_id) == meant

    first, last = (0, len(cues) - 1) if everywhere else _turn(cues, at)
    return [
        replace(cue, speaker=name, member_id=member_id) if first <= number <= last and is_meant(cue) else cue
        for number, cue in enumerate(cues)
    ]


def _turn(cues: Sequence[TimedCue], at: int) -> tuple[int, int]:
    """The first and the last cue of what is said in one go around a cue."""
    who = (cues[at].speaker, cues[at].member_id)
    first = last = at
    while first > 0 and (cues[first - 1].speaker, cues[first - 1].member_id) == who:
        first -= 1
    while last + 1 < len(cues) and (cues[last + 1].speaker, cues[last + 1].member_id) == who:
        last += 1
    return first, last


def parts_in(cues: Sequence[Said], start_ms: int, end_ms: int) -> Parts:
    """Who had which part in a stretch.

    Explained: the members who say more than a word or two in it. Asked: who says nothing but questions in it, and who
    put a question to them right before.
    """
    inside = [cue for cue in cues if cue.start_ms < end_ms and cue.end_ms > start_ms]
    words = sum(len(cue.text.split()) for cue in inside) or 1
    by_member: dict[int, list[Said]] = {}
    for cue in inside:
        if cue.member_id is not None:
            by_member.setdefault(cue.member_id, []).append(cue)
    counts = {member: sum(len(cue.text.split()) for cue in said) for member, said in by_member.items()}
    asking = {member for member, said in by_member.items() if _only_asks(said)}
    explained = [
        member
        for member, count in counts.items()
        if member not in asking and (count >= _SOME_WORDS or count >= _SOME_SHARE * words)
    ]
    question = _question_before(cues, inside)
    before = question[0].member_id if question else None
    asked = [member for member in [before, *asking] if member is not None and member not in explained]
    if not explained:  # a stretch of nothing but questions explains what was meant
        explained, asked = sorted(counts, key=lambda member: -counts[member]), []
    explained.sort(key=lambda member: -counts[member])
    return Parts(tuple(explained), tuple(dict.fromkeys(asked)), tuple(question))


def _only_asks(said: Sequence[Said]) -> bool:
    sentences = [part for part in _SENTENCE_END.split(" ".join(cue.text for cue in said)) if part.strip()]
    return bool(sentences) and all(_QUESTION.search(part.strip()) for part in sentences)


def _question_before(cues: Sequence[Said], inside: Sequence[Said]) -> list[Said]:
    """The turn right before the stretch, if somebody else puts a question in it."""
    if not inside:
        return []
    at = next(number for number, cue in enumerate(cues) if cue is inside[0]) - 1
    turn: list[Said] = []
    while at >= 0 and cues[at].who == (turn[0].who if turn else cues[at].who):
        turn.insert(0, cues[at])
        at -= 1
    if not turn or turn[0].who in (inside[0].who, ("", None)):
        return []
    is_near = inside[0].start_ms - turn[-1].end_ms <= _JUST_BEFORE_MS
    return turn if is_near and _QUESTION.search(turn[-1].text.strip()) else []
