"""A made-up Slack export of the standard layout, as large as one likes: seeded, written day by day, never held whole.

What it is like follows what real exports hold: most talk is short, a third of it in threads of two to a dozen, some
with code, links, mentions, lists and files; people join, bots report, a few messages are edited or deleted. Words are
drawn from short stock phrases about a robot company; nothing of it was said by anybody.

    python -m bench.slack_export FOLDER --messages 1000000
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2021, 3, 1, tzinfo=UTC)
A_DAY_IN_A_CHANNEL = 60
PEOPLE, CHANNELS = 240, 40

THINGS = ["gripper", "lift", "battery", "map server", "charger", "fleet API", "lidar", "firmware", "dashboard", "queue"]
VERBS = ["reset", "calibrate", "update", "restart", "replace", "test", "deploy", "roll back", "read", "log"]
PLACES = ["at Tilbury", "on staging", "in the lab", "after the update", "on the night shift", "with the new parts"]
QUESTIONS = [
    "How do I {v} the {t} {p}?",
    "Does anybody know why the {t} stops {p}?",
    "Who can help me {v} a {t}?",
    "Is there a way to {v} the {t} without losing the log?",
    "Where is the guide on how to {v} the {t}?",
]
REMARKS = [
    "The {t} is back {p}",
    "Going to {v} the {t} now",
    "We should {v} the {t} {p} this week",
    "lunch?",
    "on it",
    "+1",
    "I saw the {t} fail again {p}, same as last month",
    "morning all",
    "ha, nice",
    "will look after stand-up",
]
ANSWERS = [
    "You have to {v} the {t} first: hold the button for *five seconds*, then wait for the green light.",
    "It is the cable. Swap it, `{t} --check`, and it comes back. I have done it {p} twice.",
    "See <https://wiki.example.org/{w}|the page on it>, the part about how to {v} it.",
    "Run this:\n```\nfleet {w} --verbose\nfor unit in units:\n    unit.check()\n```\nand send me what it says",
    "Three steps:\n• {v} the {t}\n• check the log {p}\n• tell the desk",
    "Same here {p}. What helped: _first_ the {t}, then the rest. &gt; never the other way round",
]
THANKS = ["Thanks, that worked :tada:", "that did it, thank you!", "perfect :+1:", "cheers <@{u}>"]


class Export:
    """Writes one. `messages` counts entries, whatever they are."""

    def __init__(self, folder: Path, messages: int, seed: int = 7) -> None:
        self._folder = folder
        self._messages = messages
        self._random = random.Random(seed)
        self._users = [f"U{n:08X}" for n in range(1, PEOPLE + 1)]
        self._channels = [
            (f"C{n:08X}", f"{THINGS[n % 10].replace(' ', '-').lower()}-{n}") for n in range(1, CHANNELS + 1)
        ]

    def write(self) -> int:
        self._lists()
        written = 0
        a_day = A_DAY_IN_A_CHANNEL
        per_channel = -(-self._messages // CHANNELS)
        for key, name in self._channels:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
            late: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
            left, day = min(per_channel, self._messages - written), 0
            while left > 0:
                entries = sorted(late.pop(day, []) + list(self._day(day, late, a_day)), key=lambda entry: entry["ts"])
                entries = entries[:left]
                left -= len(entries)
                written += len(entries)
                date = START + timedelta(days=day)
                path = self._folder / name / f"{date:%Y-%m-%d}.json"
                path.write_text(json.dumps(entries, indent=1), encoding="utf-8")
                day += 1
            del key
        return written

    def _lists(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        users = [
            {
                "id": user,
                "team_id": "T0MADEUP1",
                "name": f"person{n}",
                "deleted": n % 11 == 0,
                "profile": {"real_name": f"Person Number{n}", "email": f"person{n}@robots.example"},
                "tz": "Europe/London",
            }
            for n, user in enumerate(self._users)
        ]
        channels = [
            {
                "id": key,
                "name": name,
                "created": int(START.timestamp()),
                "creator": self._users[0],
                "members": self._random.sample(self._users, 60),
                "purpose": {"value": f"All about {name}"},
            }
            for key, name in self._channels
        ]
        (self._folder / "users.json").write_text(json.dumps(users))
        (self._folder / "channels.json").write_text(json.dumps(channels[:-3]))
        (self._folder / "groups.json").write_text(json.dumps(channels[-3:]))

    def _day(self, day: int, late: defaultdict[int, list[dict[str, Any]]], many: int) -> Iterator[dict[str, Any]]:
        second = day * 86_400 + 8 * 3600
        said = 0
        while said < many:
            second += self._random.choice((20, 40, 90, 300, 1800))
            kind = self._random.random()
            if kind < 0.22:
                entries = list(self._thread(second, day, late))
            elif kind < 0.30:
                entries = [self._notice(second)]
            elif kind < 0.36:
                entries = [self._bot(second)]
            else:
                asked = self._random.random() < 0.2
                entries = [self._said(second, self._fill(QUESTIONS if asked else REMARKS))]
            said += len(entries)
            yield from entries

    def _ts(self, second: int) -> str:
        return f"{START.timestamp() + second:.0f}.{self._random.randrange(1_000_000):06d}"

    def _fill(self, phrases: list[str]) -> str:
        choose = self._random.choice
        thing = choose(THINGS)
        return choose(phrases).format(
            v=choose(VERBS), t=thing, p=choose(PLACES), w=thing.replace(" ", "-"), u=choose(self._users)
        )

    def _said(self, second: int, text: str, **more: Any) -> dict[str, Any]:
        user = self._random.choice(self._users)
        entry: dict[str, Any] = {
            "client_msg_id": f"{self._random.getrandbits(96):024x}",
            "type": "message",
            "user": user,
            "text": text,
            "ts": self._ts(second),
            "team": "T0MADEUP1",
            "user_profile": {"real_name": f"Person {user}", "name": user.lower(), "team": "T0MADEUP1"},
        }
        chance = self._random.random()
        if chance < 0.5:
            entry["blocks"] = [
                {
                    "type": "rich_text",
                    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
                }
            ]
            if "<" in text or "```" in text or "*" in text:
                del entry["blocks"]
        if chance < 0.12:
            entry["reactions"] = [
                {"name": self._random.choice(("+1", "tada", "eyes")), "users": self._some(), "count": 1}
            ]
        if chance < 0.03:
            entry["edited"] = {"user": user, "ts": self._ts(second + 60)}
        elif chance > 0.97:
            entry["files"] = [
                {
                    "id": f"F{self._random.getrandbits(32):08X}",
                    "name": "photo.jpg",
                    "mimetype": "image/jpeg",
                    "size": 81_234,
                    "permalink": "https://robots.slack.com/files/photo.jpg",
                }
            ]
        return entry | more

    def _some(self) -> list[str]:
        return self._random.sample(self._users, self._random.randint(1, 3))

    def _thread(self, second: int, day: int, late: defaultdict[int, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
        replies = self._random.choice((1, 2, 2, 3, 3, 4, 6, 11))
        first = self._said(second, self._fill(QUESTIONS), reply_count=replies)
        first["thread_ts"] = first["ts"]
        yield first
        for number in range(replies):
            second += self._random.choice((30, 120, 600))
            is_last = number == replies - 1 and replies > 1
            phrases = THANKS if is_last else ANSWERS
            reply = self._said(second, self._fill(phrases), thread_ts=first["ts"])
            if self._random.random() < 0.08:
                reply["ts"] = self._ts(second + 86_400)
                late[day + 1].append(reply)
            else:
                yield reply

    def _notice(self, second: int) -> dict[str, Any]:
        user = self._random.choice(self._users)
        return {
            "type": "message",
            "subtype": self._random.choice(("channel_join", "channel_leave", "channel_topic")),
            "user": user,
            "text": f"<@{user}> has joined the channel",
            "ts": self._ts(second),
        }

    def _bot(self, second: int) -> dict[str, Any]:
        return {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": "B0MADEUP1",
            "username": "build",
            "text": self._fill(["Build of the {t} passed {p}"]),
            "ts": self._ts(second),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    print(f"{Export(asked.folder, asked.messages, asked.seed).write():,} entries in {asked.folder}")


if __name__ == "__main__":
    main()
