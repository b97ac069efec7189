"""The Ubuntu IRC logs with hand-made reply links (Kummerfeld et al., ACL 2019; CC-BY-4.0), as messages and links."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from twodesks.language.untangling import ChatMessage

DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[1].parent / "shared" / "data")) / "irc"
# Annotation begins here in every log; what comes before is context.
FIRST_ANNOTATED = 1000

_SAID = re.compile(r"\[(\d\d):(\d\d)\]\s+(?:<([^>]*)>|\*\s*(\S+))\s?(.*)")
_TOLD = re.compile(r"===\s+(\S+)\s*(.*)")
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Log:
    """One log: its messages (the id is the line number) and, per annotated line, the lines it replies to.

    A line that replies to nothing has itself as its only parent.
    """

    name: str
    messages: list[ChatMessage]
    parents: dict[int, set[int]]


def read_logs(part: str) -> list[Log]:
    """The logs of `dev` or `train`, by name."""
    paths = sorted((DATA / part).glob("*.ascii.txt"))
    if not paths:
        raise SystemExit(f"Skipped: no logs in {DATA / part}. Name the folder with the data in TWODESKS_BENCH_DATA.")
    return [read_log(path) for path in paths]


def read_log(path: Path) -> Log:
    name = path.name.removesuffix(".ascii.txt")
    annotation = path.with_name(f"{name}.annotation.txt").read_text(encoding="ascii")
    return Log(name, read_messages(path.read_text(encoding="ascii")), read_links(annotation))


def read_messages(text: str) -> list[ChatMessage]:
    """Clock times have no day: a time that goes back by more than half a day begins the next one."""
    messages = []
    day = now = 0.0
    for number, line in enumerate(text.rstrip("\n").split("\n")):
        if said := _SAID.match(line):
            hour, minute, author, actor, words = said.groups()
            time = int(hour) * 3600 + int(minute) * 60
            if day + time < now - _DAY / 2:
                day += _DAY
            now = max(now, day + time)
            messages.append(ChatMessage(str(number), now, author if actor is None else actor, words))
        elif told := _TOLD.match(line):
            messages.append(ChatMessage(str(number), now, told.group(1), told.group(2)))
        else:
            messages.append(ChatMessage(str(number), now, "", line))
    return messages


def read_links(text: str) -> dict[int, set[int]]:
    parents: dict[int, set[int]] = {}
    for line in text.splitlines():
        numbers = [int(part) for part in line.split() if part != "-"]
        child = max(numbers)
        parents.setdefault(child, set()).update(numbers if len(set(numbers)) == 1 else set(numbers) - {child})
    return parents
