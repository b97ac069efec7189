"""Zulip's export: realm.json with people, channels and who is in them, and messages in files of a thousand.

After Zulip's documentation of its data export (zulip.readthedocs.io, "Data export") and the tables it names. A topic is
a thread. The archive is a tar file or the folder that was in it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from twodesks.imports.engine.archive import MAX_DAY_BYTES, Archive, TarArchive, read_text, root_of
from twodesks.imports.engine.chat import Rewriting, chat_markdown
from twodesks.imports.engine.jsontext import parse
from twodesks.imports.engine.opened import OpenedExport
from twodesks.imports.engine.plain import clean, cut, emoji_of, moment, one_line, with_files
from twodesks.imports.engine.records import (
    Glance,
    Item,
    LeftOut,
    Naming,
    Outline,
    Reach,
    Reason,
    SourceChannel,
    SourceFile,
    SourceMessage,
    SourcePerson,
    SourceReaction,
    Stretch,
    Wishes,
)
from twodesks.kit.problem import Invalid

_MESSAGES = re.compile(r"messages-\d+\.json$")
_PERSONAL, _STREAM = 1, 2
_PAIR = "pair:"
_MENTION = re.compile(r"@(_?)\*\*([^*\n|]{1,120})(?:\|(\d+))?\*\*")
_CHANNEL = re.compile(r"#\*\*([^*>\n]{1,100})(?:>([^*\n]{0,120}))?\*\*")
_UPLOAD = re.compile(r"\[([^\]\n]*)\]\(/?user_uploads/([^)\s]+)\)")
_NO_TOPIC = {"", "(no topic)", "general chat"}
_RESOLVED = "✔ "


class ZulipExport(OpenedExport):
    """An opened export. Raises `Invalid` when realm.json is broken or absent."""

    kind = "zulip"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._root = root_of(archive, "realm.json")
        realm = parse(read_text(archive, f"{self._root}realm.json"), "realm.json")
        if not isinstance(realm, dict) or "zerver_userprofile" not in realm:
            raise Invalid("realm.json in this export names no people, so it is not Zulip's. Nothing was changed.")
        self._people = {person.key: person for person in _people(realm)}
        self._files = [name for name in archive.names() if _MESSAGES.search(name) and name.startswith(self._root)]
        self._channels, self._recipients = _channels(realm, self._people)
        self._owners = {
            row.get("id"): clean(row.get("type_id"))
            for row in _rows(realm, "zerver_recipient")
            if row.get("type") == _PERSONAL
        }
        self._channels.extend(self._pairs())
        self._by_key = {channel.key: channel for channel in self._channels}
        self._reactions = _reactions(_rows(realm, "zerver_reaction"))
        self._by_name = {person.name: person.key for person in self._people.values()}
        self._realm = realm.get("zerver_realm")
        self._attachments = self._find_attachments()

    def _pairs(self) -> Iterator[SourceChannel]:
        """Talk of two: a recipient names only whom a message went to, so who talked with whom is in the messages."""
        seen: set[str] = set()
        for name in self._files if self._owners else ():
            with suppress(Invalid):
                for row in _rows(parse(read_text(self._archive, name, MAX_DAY_BYTES), name), "zerver_message"):
                    key = self._channel_key(row)
                    if key.startswith(_PAIR) and key not in seen:
                        seen.add(key)
                        inside = tuple(dict.fromkeys(key.removeprefix(_PAIR).split(",")))
                        names = ", ".join(self._people[one].name if one in self._people else one for one in inside)
                        yield SourceChannel(key, one_line(names, 60), Reach.DIRECT, member_keys=inside)

    def _channel_key(self, row: dict[str, Any]) -> str:
        recipient = row.get("recipient")
        if recipient in self._owners:
            return _PAIR + ",".join(sorted((clean(row.get("sender")), self._owners[recipient])))
        return self._recipients.get(recipient, "")

    def _find_attachments(self) -> dict[str, SourceFile]:
        path = f"{self._root}attachment.json"
        if path not in self._archive.names():
            return {}
        told = parse(read_text(self._archive, path), path)
        names = set() if isinstance(self._archive, TarArchive) else set(self._archive.names())
        found: dict[str, SourceFile] = {}
        for row in _rows(told, "zerver_attachment"):
            key, place = clean(row.get("path_id")), f"{self._root}uploads/{clean(row.get('path_id'))}"
            size = row.get("size")
            found[key] = SourceFile(
                key=key,
                name=one_line(row.get("file_name"), 200) or "File",
                total_bytes=size if isinstance(size, int) else 0,
                archive_path=place if place in names else "",
            )
        return found

    def outline(self) -> Outline:
        row = self._realm[0] if isinstance(self._realm, list) and self._realm else {}
        identity = clean(row.get("uuid") or row.get("string_id") or row.get("name")) or self._archive.name
        known = {*self._files, f"{self._root}realm.json", f"{self._root}attachment.json"}
        return Outline(
            kind=self.kind,
            identity=identity,
            name=one_line(row.get("name"), 120) or self._archive.name,
            people=tuple(self._people.values()),
            channels=tuple(self._channels),
            left_out=tuple(
                LeftOut(Reason.OTHER_FILE, name)
                for name in self._archive.names()
                if name not in known and "/uploads/" not in f"/{name}"
            ),
        )

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        for name in self._files:
            yield Stretch(name, "")

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        for channel in self._channels:
            if channel.reach is not Reach.DIRECT and not wishes.take(channel):
                yield LeftOut(Reason.NOT_ASKED, f"#{channel.name}")

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]:
        try:
            told = parse(read_text(self._archive, stretch.key, MAX_DAY_BYTES), stretch.key)
        except Invalid as fault:
            yield LeftOut(Reason.UNREADABLE_FILE, fault.detail)
            return
        reactions = self._reactions | _reactions(_rows(told, "zerver_reaction"))
        for row in _rows(told, "zerver_message"):
            yield from self._message(row, wishes, naming, reactions)

    def look(self, stretch: Stretch, wishes: Wishes) -> Iterator[Glance | LeftOut]:
        seen: set[str | None] = set()
        for item in self.read(stretch, wishes, self._plain_naming):
            if isinstance(item, SourceMessage):
                is_reply = item.thread_key in seen and item.thread_key is not None
                seen.add(item.thread_key)
                yield Glance(
                    item.author_key, item.sent_at, item.thread_key, len(item.files), "?" in item.markdown, is_reply
                )
            elif isinstance(item, LeftOut):
                yield item

    def _message(
        self, row: dict[str, Any], wishes: Wishes, naming: Naming, reactions: dict[str, list[SourceReaction]]
    ) -> Iterator[Item]:
        key, at = clean(row.get("id")), moment(row.get("date_sent"))
        channel_key = self._channel_key(row)
        author = clean(row.get("sender"))
        left = self._reason(row, at, channel_key, wishes)
        if left is Reason.NOT_ASKED:
            # The channel is counted as a whole.
            return
        if left is not None or at is None:
            yield LeftOut(left or Reason.UNREADABLE_MESSAGE, f"message {key}")
            return
        if author not in self._people:
            yield SourcePerson(author, f"user {author}")
        text, files = self._take_files(clean(row.get("content")))
        for file in files:
            if not file.archive_path:
                packed = isinstance(self._archive, TarArchive)
                yield LeftOut(Reason.FILE_PACKED if packed else Reason.FILE_GONE, f"message {key}")
        mentions: list[str] = []
        markdown, was_cut = cut(with_files(chat_markdown(text, self._rewritings(naming, mentions)), files))
        if was_cut:
            yield LeftOut(Reason.CUT, f"message {key}")
        topic = one_line(row.get("subject"), 200).removeprefix(_RESOLVED)
        threaded = topic.lower() not in _NO_TOPIC
        yield SourceMessage(
            key=key,
            channel_key=channel_key,
            author_key=author,
            sent_at=at,
            markdown=markdown,
            thread_key=f"{channel_key}:{topic.lower()}" if threaded else None,
            title=topic if threaded else "",
            edited_at=moment(row.get("last_edit_time")),
            reactions=tuple(reactions.get(key, ())),
            files=files,
            mentions=tuple(dict.fromkeys(mentions)),
            is_bot=author in self._people and self._people[author].is_bot,
        )

    def _reason(self, row: dict[str, Any], at: object, channel_key: str, wishes: Wishes) -> Reason | None:
        channel = self._by_key.get(channel_key)
        if at is None or channel is None:
            return Reason.UNREADABLE_MESSAGE
        if not wishes.take(channel):
            return Reason.DIRECT if channel.reach is Reach.DIRECT else Reason.NOT_ASKED
        person = self._people.get(clean(row.get("sender")))
        if person is not None and person.is_bot and not wishes.bots:
            return Reason.BOT
        return None if clean(row.get("content")).strip() else Reason.EMPTY

    def _take_files(self, content: str) -> tuple[str, tuple[SourceFile, ...]]:
        files: list[SourceFile] = []

        def take(found: re.Match[str]) -> str:
            known = self._attachments.get(found[2])
            files.append(known or SourceFile(found[2], found[1] or found[2].rsplit("/", 1)[-1]))
            return ""

        return _UPLOAD.sub(take, content), tuple(files)

    def _rewritings(self, naming: Naming, mentions: list[str]) -> list[Rewriting]:
        def person(found: re.Match[str]) -> str:
            name = found[2]
            if name in ("all", "everyone", "channel", "stream", "topic"):
                return f"@{name}"
            key = found[3] or self._by_name.get(name, "")
            if not key:
                return f"@{name}"
            mentions.append(key)
            return naming.person(key, name)

        def channel(found: re.Match[str]) -> str:
            key = next((entry.key for entry in self._channels if entry.name == found[1]), "")
            words = naming.channel(key, found[1])
            return f"{words} ({found[2]})" if found[2] else words

        return [(_MENTION, person), (_CHANNEL, channel)]


def _rows(told: object, table: str) -> list[dict[str, Any]]:
    rows = told.get(table) if isinstance(told, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _people(realm: dict[str, Any]) -> Iterator[SourcePerson]:
    for table in ("zerver_userprofile", "zerver_userprofile_crossrealm", "zerver_userprofile_mirrordummy"):
        for row in _rows(realm, table):
            key = clean(row.get("id"))
            name = one_line(row.get("full_name") or row.get("email"), 120) or f"user {key}"
            yield SourcePerson(
                key=key,
                name=name,
                email=one_line(row.get("delivery_email") or row.get("email"), 254).lower(),
                is_bot=bool(row.get("is_bot")) or table == "zerver_userprofile_crossrealm",
                is_gone=row.get("is_active") is False,
                time_zone=one_line(row.get("timezone"), 64),
            )


def _channels(realm: dict[str, Any], people: dict[str, SourcePerson]) -> tuple[list[SourceChannel], dict[object, str]]:
    """Channels, and the channel's key for each recipient that messages name."""
    members: defaultdict[object, list[str]] = defaultdict(list)
    for row in _rows(realm, "zerver_subscription"):
        if row.get("active", True):
            members[row.get("recipient")].append(clean(row.get("user_profile")))
    streams = {row.get("id"): row for row in _rows(realm, "zerver_stream")}
    channels: list[SourceChannel] = []
    recipients: dict[object, str] = {}
    for row in _rows(realm, "zerver_recipient"):
        inside = tuple(members.get(row.get("id"), ()))
        if row.get("type") == _STREAM and row.get("type_id") in streams:
            channel = _stream(streams[row.get("type_id")], inside)
        elif row.get("type") == _PERSONAL:
            continue
        else:
            names = ", ".join(people[key].name for key in inside if key in people)
            channel = SourceChannel(f"group:{row.get('id')}", names[:60] or "Group", Reach.DIRECT, member_keys=inside)
        channels.append(channel)
        recipients[row.get("id")] = channel.key
    return channels, recipients


def _stream(row: dict[str, Any], members: tuple[str, ...]) -> SourceChannel:
    return SourceChannel(
        key=f"stream:{row.get('id')}",
        name=one_line(row.get("name"), 80),
        reach=Reach.PRIVATE if row.get("invite_only") else Reach.OPEN,
        purpose=one_line(row.get("description"), 280),
        member_keys=members,
        created_at=moment(row.get("date_created")),
        is_archived=bool(row.get("deactivated")),
    )


def _reactions(rows: list[dict[str, Any]]) -> dict[str, list[SourceReaction]]:
    by_message: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        emoji = emoji_of(clean(row.get("emoji_name")))
        if emoji.startswith(":") and row.get("reaction_type") == "unicode_emoji":
            emoji = _from_code(clean(row.get("emoji_code"))) or emoji
        by_message[clean(row.get("message"))][emoji].append(clean(row.get("user_profile")))
    return {
        message: [SourceReaction(emoji, tuple(keys)) for emoji, keys in told.items()]
        for message, told in by_message.items()
    }


def _from_code(code: str) -> str:
    """`1f44d` or `1f1e9-1f1ea`."""
    try:
        return "".join(chr(int(part, 16)) for part in code.split("-"))
    except (ValueError, OverflowError):
        return ""
