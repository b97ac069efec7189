"""The standard Slack export: lists of people and channels, and a folder for each channel with a file for each day.

After Slack's description of its exports (slack.com/help/articles/220556107) and of message events
(api.slack.com/events/message). Reads one day at a time, so memory does not grow with the export.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from twodesks.imports.engine.archive import MAX_DAY_BYTES, Archive, read_text, root_of
from twodesks.imports.engine.jsontext import parse, parse_list
from twodesks.imports.engine.mrkdwn import plain_words
from twodesks.imports.engine.opened import OpenedExport
from twodesks.imports.engine.plain import clean, moment, one_line
from twodesks.imports.engine.records import (
    Glance,
    Item,
    LeftOut,
    Naming,
    Outline,
    Reach,
    Reason,
    SourceChannel,
    SourcePerson,
    SourceRemoval,
    Stretch,
    Wishes,
)
from twodesks.imports.engine.slack_messages import (
    Changes,
    author_of,
    judge,
    looks_like_question,
    removed_in,
    settle,
    to_message,
    writer_of,
)
from twodesks.kit.problem import Invalid

_LISTS = ("users.json", "channels.json", "groups.json", "dms.json", "mpims.json")
_DAY = re.compile(r"^(\d{4}-\d{2}-\d{2})\.json$")
_REACHES = (
    ("channels.json", Reach.OPEN),
    ("groups.json", Reach.PRIVATE),
    ("dms.json", Reach.DIRECT),
    ("mpims.json", Reach.DIRECT),
)


class SlackExport(OpenedExport):
    """An opened export. Raises `Invalid` when the lists of people or channels are broken or absent."""

    kind = "slack"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._root = root_of(archive, "channels.json", "users.json")
        self._names = dict.fromkeys(archive.names())
        self._lists = {name: self._list(name) for name in _LISTS}
        self._people = {person.key: person for person in map(_person, self._lists["users.json"]) if person.key}
        self._days, self._other = self._find_days()
        self._channels, self._folders = self._find_channels()
        self._uploads = self._find_uploads()
        self._changes: tuple[str, Changes] | None = None

    def _list(self, name: str) -> list[dict[str, Any]]:
        path = f"{self._root}{name}"
        if path not in self._names:
            return []
        told = parse(read_text(self._archive, path), path)
        if not isinstance(told, list):
            raise Invalid(f"{path} in this export is not a list. Export again. Nothing was changed.")
        return [entry for entry in told if isinstance(entry, dict)]

    def _find_days(self) -> tuple[dict[str, list[str]], list[str]]:
        """Day files by folder, oldest first, and all other files."""
        days: dict[str, list[str]] = {}
        other: list[str] = []
        for name in self._names:
            inside = name.removeprefix(self._root) if name.startswith(self._root) else ""
            folder, _, file = inside.rpartition("/")
            if folder and "/" not in folder and _DAY.match(file):
                days.setdefault(folder, []).append(name)
            elif inside not in _LISTS and "__uploads/" not in name:
                other.append(name)
        return days, other

    def _find_channels(self) -> tuple[list[SourceChannel], dict[str, str]]:
        """Channels in the order of their lists, then those that only a folder speaks of; and their folders."""
        channels: list[SourceChannel] = []
        folders: dict[str, str] = {}
        taken: set[str] = set()
        for name, reach in _REACHES:
            for told in self._lists[name]:
                channel = _channel(told, reach, self._people)
                if channel is None or channel.key in folders:
                    continue
                folder = channel.key if channel.key in self._days else clean(told.get("name"))
                channels.append(channel)
                folders[channel.key] = folder
                taken.add(folder)
        for folder in sorted(self._days.keys() - taken):
            key = f"folder:{folder}"
            channels.append(SourceChannel(key, one_line(folder, 80), self._reach_of_folder(folder)))
            folders[key] = folder
        return channels, folders

    def _reach_of_folder(self, folder: str) -> Reach:
        """Of a folder that no list names: in an export that has private talk, it may be private."""
        if folder.startswith("mpdm-") or re.fullmatch(r"D[A-Z0-9]{7,}", folder):
            return Reach.DIRECT
        has_private = any(f"{self._root}{name}" in self._names for name in ("groups.json", "dms.json", "mpims.json"))
        return Reach.PRIVATE if has_private else Reach.OPEN

    def _find_uploads(self) -> dict[str, str]:
        """Files that a tool has put beside the export, by id: `__uploads/F123/name`."""
        found: dict[str, str] = {}
        for name in self._names:
            parts = name.split("/")
            if "__uploads" in parts[:-2]:
                found[parts[parts.index("__uploads") + 1]] = name
        return found

    def outline(self) -> Outline:
        teams = [clean(person.get("team_id")) for person in self._lists["users.json"] if person.get("team_id")]
        identity = teams[0] if teams else next((channel.key for channel in self._channels), self._archive.name)
        return Outline(
            kind=self.kind,
            identity=identity,
            name=self._archive.name,
            people=tuple(self._people.values()),
            channels=tuple(self._channels),
            left_out=tuple(LeftOut(Reason.OTHER_FILE, name) for name in [*self._other, *self._archive.links]),
        )

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        for channel in self._channels:
            if wishes.take(channel):
                for day in self._days.get(self._folders[channel.key], ()):
                    yield Stretch(day, channel.key)

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        for channel in self._channels:
            if not wishes.take(channel) and self._days.get(self._folders[channel.key]):
                direct = channel.reach is Reach.DIRECT and not wishes.direct_messages
                yield LeftOut(Reason.DIRECT if direct else Reason.NOT_ASKED, "" if direct else f"#{channel.name}")

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]:
        entries, faults, removed = self._entries(stretch)
        yield from faults
        yield from (SourceRemoval(f"{stretch.channel_key}:{ts}") for ts in removed)
        strangers: set[str] = set()
        for entry in entries:
            verdict = judge(entry, wishes, stretch.key)
            if isinstance(verdict, LeftOut):
                yield verdict
                continue
            key = author_of(entry)
            if key not in self._people and key not in strangers:
                strangers.add(key)
                yield writer_of(entry, key)
            yield from to_message(entry, stretch, key, naming, self._uploads)

    def look(self, stretch: Stretch, wishes: Wishes) -> Iterator[Glance | LeftOut]:
        entries, faults, _ = self._entries(stretch)
        yield from faults
        for entry in entries:
            verdict = judge(entry, wishes, stretch.key)
            if isinstance(verdict, LeftOut):
                yield verdict
                continue
            thread, ts = clean(entry.get("thread_ts")), clean(entry.get("ts"))
            files = entry.get("files")
            yield Glance(
                author_key=author_of(entry),
                sent_at=verdict,
                thread_key=f"{stretch.channel_key}:{thread}" if thread else None,
                files=len(files) if isinstance(files, list) else int(isinstance(entry.get("file"), dict)),
                is_question=looks_like_question(entry),
                is_reply=bool(thread) and thread != ts,
            )

    def _entries(self, stretch: Stretch) -> tuple[list[dict[str, Any]], list[LeftOut], list[str]]:
        """A day in the order of its times, with changes and deletions carried out, on whatever day they were made; and
        the times of those that were deleted on this day."""
        try:
            raw = read_text(self._archive, stretch.key, MAX_DAY_BYTES)
        except Invalid as fault:
            return [], [LeftOut(Reason.UNREADABLE_FILE, fault.detail)], []
        entries, whole = parse_list(raw, stretch.key)
        faults = [] if whole else [LeftOut(Reason.UNREADABLE_FILE, f"{stretch.key}, after {len(entries)} messages")]
        settled, gone = settle(entries, stretch.key, self._changes_of(stretch.channel_key))
        return settled, faults + gone, list(removed_in(entries))

    def _changes_of(self, channel_key: str) -> Changes:
        """Of the channel that is being read. Files are searched for the words first, which takes little time."""
        if self._changes is None or self._changes[0] != channel_key:
            changes = Changes()
            for day in self._days.get(self._folders[channel_key], ()):
                with suppress(Invalid):
                    raw = read_text(self._archive, day, MAX_DAY_BYTES)
                    if b"message_deleted" in raw or b"message_changed" in raw:
                        changes.hear(parse_list(raw, day)[0])
            self._changes = (channel_key, changes)
        return self._changes[1]


def _person(told: dict[str, Any]) -> SourcePerson:
    profile = told.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    handle = one_line(told.get("name"), 80)
    names = (profile.get("real_name"), told.get("real_name"), profile.get("display_name"), handle, told.get("id"))
    key = clean(told.get("id"))
    return SourcePerson(
        key=key,
        name=next((name for name in (one_line(plain_words(name), 120) for name in names) if name), key),
        handle=handle,
        email=one_line(profile.get("email"), 254).lower(),
        is_bot=bool(told.get("is_bot")) or key == "USLACKBOT",
        is_gone=bool(told.get("deleted")),
        title=one_line(plain_words(profile.get("title")), 120),
        time_zone=one_line(told.get("tz"), 64),
    )


def _channel(told: dict[str, Any], reach: Reach, people: dict[str, SourcePerson]) -> SourceChannel | None:
    key = clean(told.get("id"))
    if not key:
        return None
    purpose, topic = told.get("purpose"), told.get("topic")
    members = told.get("members")
    member_keys = tuple(clean(member) for member in members) if isinstance(members, list) else ()
    name = one_line(told.get("name"), 80)
    if reach is Reach.DIRECT:
        name = ", ".join(people[member].name if member in people else member for member in member_keys)[:80] or key
    words = [one_line(plain_words(part.get("value")), 280) for part in (purpose, topic) if isinstance(part, dict)]
    return SourceChannel(
        key=key,
        name=name or key,
        reach=reach,
        purpose=next((part for part in words if part), ""),
        member_keys=member_keys,
        creator_key=clean(told.get("creator")),
        created_at=moment(told.get("created")),
        is_archived=bool(told.get("is_archived")),
    )
