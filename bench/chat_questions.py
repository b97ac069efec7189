"""Questions and answers of an open chat room, read from who addresses whom.

The Ubuntu IRC logs of Kummerfeld et al., “A Large-Scale Corpus for Conversation Disentanglement”, ACL 2019. A line
that begins with somebody's name is an answer to what that person said last without addressing anybody. The one who
wrote to the asker most is held to have answered best. A rule of thumb, good enough to learn how chat differs from a
board of questions; no figure of quality is taken from it alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.communities import DAY_S, Asked, Community, Post

_LINE = re.compile(r"^\[(\d\d):(\d\d)\] <([^>]+)> (.*)$")
_ADDRESSED = re.compile(r"^@?([^\s:,]{2,20})[:,]\s+(.*)$")
_BOTS = ("ubotu", "ubottu", "ubot2", "ubot3")
# Lines after which somebody who is spoken to has a new question; lines back in which theirs may stand; lines of it.
APART, BACK, MOST_LINES = 80, 150, 4


@dataclass(slots=True)
class _Line:
    number: int
    at: float
    author: str
    addressed: str | None
    text: str


@dataclass(slots=True)
class _Room:
    questions: list[Asked] = field(default_factory=list)
    members: dict[str, int] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)

    def member(self, name: str) -> int:
        return self.members.setdefault(name, len(self.members) + 1)


def read_chat(folder: Path) -> Community:
    """All logs of the folder as one community, in order of time."""
    room = _Room()
    for path in sorted(folder.glob("*/*.ascii.txt"), key=lambda path: path.name):
        _read_day(path, room)
    for question in room.questions:
        best = max(question.answers, key=lambda answer: room.times[answer.id])
        question.accepted, best.accepted_at = best, question.answers[-1].at
    room.questions.sort(key=lambda question: question.at)
    return Community("ubuntu-irc", room.questions, [])


def _read_day(path: Path, room: _Room) -> None:
    lines: list[_Line] = []
    open_since: dict[str, tuple[Asked, int]] = {}
    for line in _lines(path):
        lines.append(line)
        asker = line.addressed
        if asker is None or asker == line.author or line.author in _BOTS:
            continue
        question, last = open_since.get(asker, (None, 0))
        if question is None or line.number - last > APART:
            own = [one for one in lines[-BACK:] if one.author == asker and one.addressed is None][-MOST_LINES:]
            if not own:
                continue
            text = "\n".join(one.text for one in own)
            question = Asked(len(room.questions) + 1, room.member(asker), own[0].at, "", text, ())
            room.questions.append(question)
        open_since[asker] = (question, line.number)
        _answer(question, line, room)


def _answer(question: Asked, line: _Line, room: _Room) -> None:
    author = room.member(line.author)
    given = next((answer for answer in question.answers if answer.author == author), None)
    if given is None:
        given = Post(question.id * 1_000 + len(question.answers), author, line.at, line.text)
        question.answers.append(given)
    else:
        given.text += f"\n{line.text}"
    room.times[given.id] = room.times.get(given.id, 0) + 1


def _lines(path: Path) -> Iterator[_Line]:
    day = datetime.fromisoformat(path.name[:10]).replace(tzinfo=UTC).timestamp()
    names: set[str] = set()
    before = 0.0
    for number, raw in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines()):
        match = _LINE.match(raw)
        if match is None:
            continue
        at = day + int(match[1]) * 3_600 + int(match[2]) * 60
        if at < before - DAY_S / 4:
            day += DAY_S
            at += DAY_S
        before = max(at, before)
        author = match[3].lower().rstrip("_")
        names.add(author)
        addressed = _ADDRESSED.match(match[4])
        name = addressed[1].lower().rstrip("_") if addressed else ""
        known = addressed is not None and name in names
        # Several lines share a minute: their order is kept.
        yield _Line(number, before + number * 1e-4, author, name if known else None,
                    addressed[2] if addressed is not None and known else match[4])  # fmt: skip
