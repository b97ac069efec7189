"""Conversations of the Slack export and of the annotated IRC logs, as `language.worth` reads them.

Slack: the export has no threads, so a channel's talk is cut where nobody writes for four hours. IRC: the conversations
people annotated (Kummerfeld et al., ACL 2019), with the earlier lines they answer. Bots, joins and leaves are no talk.
"""

import calendar
import html
import itertools
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twodesks.language.worth_features import Turn

DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
SLACK = "slack-houstondatavis"
GAP_S = 4 * 3600

_SAID = re.compile(r"^\[(\d\d):(\d\d)\] (?:<([^>]+)>|\* (\S+)) ?(.*)$")
_MENTION = re.compile(r"<@(U\w+)(?:\|([^>]+))?>")
_CHANNEL = re.compile(r"<#C\w+\|?([^>]*)>")
_LINK = re.compile(r"<((?:https?|mailto):[^>|]+)(?:\|([^>]*))?>")
_NO_TALK = frozenset({"channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name"})
_NO_TALK_EITHER = frozenset({"channel_archive", "bot_add", "bot_message", "pinned_item"})


@dataclass(frozen=True, slots=True)
class Talk:
    """`id` is `slack/channel/ts` or `irc/part/log/line` of its first message; `group` is the channel or log."""

    id: str
    group: str
    turns: tuple[Turn, ...]


def conversations() -> list[Talk]:
    """All of them, in a fixed order. Raises FileNotFoundError, saying where the data is looked for."""
    if not (DATA / "irc").is_dir() or not (DATA / SLACK).is_dir():
        raise FileNotFoundError(f"No data in {DATA}. Put it there, or say where it is by TWODESKS_BENCH_DATA.")
    return [*_slack(DATA / SLACK), *_irc(DATA / "irc")]


def _slack(folder: Path) -> Iterator[Talk]:
    names = {user["id"]: user["name"] for user in json.loads((folder / "users.json").read_text(encoding="utf-8"))}
    for channel in sorted(path for path in folder.iterdir() if path.is_dir()):
        messages = [
            message
            for day in sorted(channel.glob("*.json"))
            for message in json.loads(day.read_text(encoding="utf-8"))
            if message.get("subtype") not in _NO_TALK | _NO_TALK_EITHER and message.get("user")
        ]
        messages.sort(key=lambda message: float(message["ts"]))
        for part in _apart(messages):
            turns = tuple(_slack_turn(message, names) for message in part)
            yield Talk(f"slack/{channel.name}/{part[0]['ts']}", f"slack/{channel.name}", turns)


def _apart(messages: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    for message in messages:
        if part and float(message["ts"]) - float(part[-1]["ts"]) > GAP_S:
            yield part
            part = []
        part.append(message)
    if part:
        yield part


def _slack_turn(message: dict[str, Any], names: dict[str, str]) -> Turn:
    text = _MENTION.sub(lambda found: f"@{found[2] or names.get(found[1], 'somebody')}", str(message.get("text", "")))
    text = _CHANNEL.sub(r"#\1", _LINK.sub(r"\1", text))
    reactions = message.get("reactions")
    return Turn(
        author=str(message["user"]),
        text=html.unescape(text),
        at=float(str(message["ts"])),
        reactions=sum(int(one["count"]) for one in reactions) if isinstance(reactions, list) else 0,
        attachments=int(message.get("subtype") == "file_share"),
    )


def _irc(folder: Path) -> Iterator[Talk]:
    for path in sorted(folder.glob("*/*.annotation.txt")):
        log = path.with_name(path.name.replace(".annotation.txt", ".ascii.txt"))
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        name = log.name.removesuffix(".ascii.txt")
        links = [tuple(map(int, line.split()[:2])) for line in path.read_text(encoding="utf-8").splitlines() if line]
        for members in _joined(links):
            turns = _irc_turns(members, lines, links, name)
            if turns:
                yield Talk(f"irc/{path.parent.name}/{name}/{members[0]}", f"irc/{name}", turns)


def _joined(links: Sequence[tuple[int, ...]]) -> list[list[int]]:
    root: dict[int, int] = {}

    def find(line: int) -> int:
        while root.setdefault(line, line) != line:
            line = root[line]
        return line

    for one, other in links:
        low, high = sorted((find(one), find(other)))
        root[high] = low
    together: defaultdict[int, list[int]] = defaultdict(list)
    for line in sorted(root):
        together[find(line)].append(line)
    return [together[key] for key in sorted(together)]


def _irc_turns(
    members: Sequence[int], lines: Sequence[str], links: Sequence[tuple[int, ...]], name: str
) -> tuple[Turn, ...]:
    said = [(number, found) for number in members if (found := _SAID.match(lines[number]))]
    places = {number: place for place, (number, _) in enumerate(said)}
    answers = {max(pair): min(pair) for pair in links if pair[0] != pair[1]}
    day = calendar.timegm((int(name[:4]), int(name[5:7]), int(name[8:10]), 0, 0, 0))
    minutes = list(itertools.accumulate((int(f[1]) * 60 + int(f[2]) for _, f in said), _later)) if said else []
    return tuple(
        Turn(
            author=found[3] or found[4],
            text=found[5] if found[3] else f"/me {found[5]}",
            at=float(day + minute * 60),
            reply_to=places.get(answers.get(number, -1)),
        )
        for (number, found), minute in zip(said, minutes, strict=True)
    )


def _later(before: int, clock: int) -> int:
    """Minutes that go on past midnight."""
    return clock if clock >= before - 720 else clock + 1440 * (1 + (before - clock - 720) // 1440)
