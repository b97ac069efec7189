"""What DiscordChatExporter writes as JSON: one file for each channel or thread, or several for a long one.

After its writer of messages (github.com/Tyrrrz/DiscordChatExporter, JsonMessageWriter). A thread is a conversation of
the channel that it hangs on; replies in a channel are answers.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import ijson

from twodesks.imports.engine.archive import Archive, reading
from twodesks.imports.engine.chat import Rewriting, chat_markdown
from twodesks.imports.engine.opened import OpenedExport
from twodesks.imports.engine.plain import (
    clean,
    cut,
    dicts_in,
    iso_moment,
    link,
    moment,
    one_line,
    safe_link,
    with_files,
)
from twodesks.imports.engine.records import (
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
from twodesks.imports.engine.rows import Rows
from twodesks.kit.markdown import escape
from twodesks.kit.problem import Invalid

_SAID = {"Default", "Reply", "ChatInputCommand", "ContextMenuCommand", "0", "19", "20", "23", "ThreadStarterMessage"}
_COMING_AND_GOING = {"GuildMemberJoin", "RecipientAdd", "RecipientRemove", "7", "1", "2"}
_PERSON = re.compile(r"<@!?(\d{5,25})>")
_CHANNEL = re.compile(r"<#(\d{5,25})>")
_EMOJI = re.compile(r"<a?:(\w{1,64}):\d{5,25}>")
_TIME = re.compile(r"<t:(-?\d{1,12})(?::[a-zA-Z])?>")
_ROLE = re.compile(r"<@&\d{5,25}>")
_PREFIXES = ("guild", "channel")


class DiscordExport(OpenedExport):
    """Opened files of an export. Raises `Invalid` when none of them is one of DiscordChatExporter's."""

    kind = "discord"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._heads: dict[str, dict[str, Any]] = {}
        self._broken: list[LeftOut] = []
        for name in archive.names():
            if name.endswith(".json"):
                self._take_head(name)
        if not self._heads:
            raise Invalid(
                f"None of the files in {archive.name} is a JSON export of DiscordChatExporter. Export with "
                "--format Json. Nothing was changed."
            )
        self._insiders: dict[str, SourcePerson] = {}
        self._channels = {channel.key: channel for channel in self._find_channels()}
        self._rows = {name: Rows(lambda name=name: self._messages(name)) for name in self._heads}  # type: ignore[misc]
        self._names: dict[str, str] = {}

    def _take_head(self, name: str) -> None:
        """Who and where, which stands before the messages; the rest of the file is not read for it."""
        head: dict[str, Any] = {}
        try:
            with reading(name), self._archive.open(name) as file:
                for prefix, event, value in ijson.parse(file):
                    if prefix == "messages" and event == "start_array":
                        break
                    if event in ("string", "number", "boolean") and prefix.startswith(_PREFIXES):
                        head[prefix] = value
        except (ijson.JSONError, UnicodeDecodeError, Invalid) as fault:
            self._broken.append(LeftOut(Reason.UNREADABLE_FILE, f"{name}: {fault}"[:200]))
            return
        if "channel.id" in head:
            self._heads[name] = head
        else:
            self._broken.append(LeftOut(Reason.OTHER_FILE, name))

    def _messages(self, name: str) -> Iterator[dict[str, Any]]:
        with reading(name), self._archive.open(name) as file:
            try:
                for row in ijson.items(file, "messages.item", use_float=True):
                    if isinstance(row, dict):
                        yield row
            except (ijson.JSONError, UnicodeDecodeError) as fault:
                raise Invalid(f"{name} breaks off ({fault}). Export this channel again.") from None

    def _find_channels(self) -> Iterator[SourceChannel]:
        # A channel's own file says more of it than its threads do.
        for name, head in sorted(self._heads.items(), key=lambda pair: not _is_thread(pair[1])):
            key, reach = _channel_key(head), _reach(head)
            of_parent = _is_thread(head) and reach is Reach.OPEN
            called = head.get("channel.category") if of_parent else head.get("channel.name")
            yield SourceChannel(
                key,
                one_line(called, 80) or key,
                reach,
                "" if of_parent else one_line(head.get("channel.topic"), 280),
                member_keys=() if reach is Reach.OPEN else self._who_wrote(name),
            )

    def _who_wrote(self, name: str) -> tuple[str, ...]:
        """Who was in a private conversation is not said; who wrote in it was."""
        inside: dict[str, None] = {}
        with suppress(Invalid):
            for row in self._messages(name):
                author = next(_people(row), None) if isinstance(row.get("author"), dict) else None
                if author is not None:
                    inside[author.key] = None
                    self._insiders[author.key] = author
        return tuple(inside)

    def outline(self) -> Outline:
        head = next(iter(self._heads.values()))
        return Outline(
            kind=self.kind,
            identity=clean(head.get("guild.id")),
            name=one_line(head.get("guild.name"), 120) or self._archive.name,
            people=tuple(self._insiders.values()),
            channels=tuple(self._channels.values()),
            left_out=tuple(self._broken)
            + tuple(LeftOut(Reason.OTHER_FILE, name) for name in self._archive.names() if not name.endswith(".json")),
        )

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        for name, head in sorted(self._heads.items(), key=lambda pair: (_channel_key(pair[1]), pair[0])):
            if wishes.take(self._channels[_channel_key(head)]):
                for number in range(self._rows[name].parts()):
                    yield Stretch(f"{name}:{number}", _channel_key(head))

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        for channel in self._channels.values():
            if not wishes.take(channel):
                direct = channel.reach is Reach.DIRECT and not wishes.direct_messages
                yield LeftOut(Reason.DIRECT if direct else Reason.NOT_ASKED, "" if direct else f"#{channel.name}")

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]:
        name, _, number = stretch.key.rpartition(":")
        strangers: set[str] = set()
        for row in self._rows[name].part(int(number)):
            left = _reason(row, wishes)
            if left is not None:
                yield LeftOut(left, f"{name}, {clean(row.get('id'))}")
                continue
            for person in _people(row):
                if person.key not in strangers:
                    strangers.add(person.key)
                    self._names[person.key] = person.name
                    yield person
            yield from self._message(row, name, stretch.channel_key, naming)
        if self._rows[name].fault:
            yield LeftOut(Reason.UNREADABLE_FILE, self._rows[name].fault)

    def _message(self, row: dict[str, Any], name: str, channel_key: str, naming: Naming) -> Iterator[Item]:
        head, key = self._heads[name], clean(row.get("id"))
        at = iso_moment(row.get("timestamp"))
        if at is None:
            yield LeftOut(Reason.UNREADABLE_MESSAGE, f"{name}, {key}")
            return
        files = self._files(row, name)
        for file in files:
            if not file.archive_path:
                yield LeftOut(Reason.FILE_LINK_ONLY, f"{name}, {key}")
        mentions = [clean(entry.get("id")) for entry in dicts_in(row.get("mentions"))]
        body = chat_markdown(clean(row.get("content")), self._rewritings(naming))
        embeds, previews = _embeds(row, body)
        for _ in range(previews):
            yield LeftOut(Reason.LINK_PREVIEW, f"{name}, {key}")
        body = "\n\n".join(part for part in (body, *embeds) if part)
        markdown, was_cut = cut(with_files(body, files))
        if was_cut:
            yield LeftOut(Reason.CUT, f"{name}, {key}")
        if not markdown and not files:
            yield LeftOut(Reason.EMPTY, f"{name}, {key}")
            return
        reference = row.get("reference")
        author = row.get("author")
        yield SourceMessage(
            key=key,
            channel_key=channel_key,
            author_key=clean(author.get("id")) if isinstance(author, dict) else "nobody",
            sent_at=at,
            markdown=markdown,
            thread_key=f"thread:{head['channel.id']}" if _is_thread(head) else None,
            title=one_line(head.get("channel.name"), 200) if _is_thread(head) else "",
            edited_at=iso_moment(row.get("timestampEdited")),
            reply_to=clean(reference.get("messageId")) or None if isinstance(reference, dict) else None,
            reactions=_reactions(row),
            files=files,
            mentions=tuple(dict.fromkeys(mention for mention in mentions if mention)),
            is_bot=_is_bot(row),
        )

    def _files(self, row: dict[str, Any], name: str) -> tuple[SourceFile, ...]:
        """With media exported too, the address is a path beside the file."""
        folder = name.rpartition("/")[0]
        kept: list[SourceFile] = []
        names = self._inside
        for told in dicts_in(row.get("attachments")):
            address = clean(told.get("url"))
            path = f"{folder}/{address}" if folder else address
            size = told.get("fileSizeBytes")
            kept.append(
                SourceFile(
                    key=clean(told.get("id")),
                    name=one_line(told.get("fileName"), 200) or "File",
                    link=safe_link(address),
                    total_bytes=size if isinstance(size, int) else 0,
                    archive_path=path if path in names else "",
                )
            )
        return tuple(kept)

    def _rewritings(self, naming: Naming) -> list[Rewriting]:
        return [
            (_PERSON, lambda found: naming.person(found[1], self._names.get(found[1], ""))),
            (_CHANNEL, lambda found: naming.channel(found[1], "")),
            (_EMOJI, lambda found: f":{found[1]}:"),
            (_TIME, _time),
            (_ROLE, lambda found: "@role"),
        ]


def _is_thread(head: dict[str, Any]) -> bool:
    return "Thread" in str(head.get("channel.type", "")) and bool(head.get("channel.categoryId"))


def _reach(head: dict[str, Any]) -> Reach:
    kind = str(head.get("channel.type", ""))
    if kind.startswith("Direct"):
        return Reach.DIRECT
    return Reach.PRIVATE if "Private" in kind else Reach.OPEN


def _channel_key(head: dict[str, Any]) -> str:
    """The channel that an open thread hangs on is its own category; a private one is a channel by itself."""
    belongs = _is_thread(head) and _reach(head) is Reach.OPEN
    return clean(head.get("channel.categoryId") if belongs else head.get("channel.id"))


def _time(found: re.Match[str]) -> str:
    at = moment(found[1])
    return f"{at:%-d %B %Y, %H:%M} UTC" if at else found[0]


def _reason(row: dict[str, Any], wishes: Wishes) -> Reason | None:
    kind = clean(row.get("type")) or "Default"
    if kind in _COMING_AND_GOING:
        return Reason.COMING_AND_GOING
    if kind not in _SAID:
        return Reason.NOTICE
    return Reason.BOT if _is_bot(row) and not wishes.bots else None


def _is_bot(row: dict[str, Any]) -> bool:
    author = row.get("author")
    return isinstance(author, dict) and bool(author.get("isBot"))


def _people(row: dict[str, Any]) -> Iterator[SourcePerson]:
    """The author, and those who are mentioned or have reacted."""
    told = [row.get("author"), *dicts_in(row.get("mentions"))]
    for reaction in dicts_in(row.get("reactions")):
        told.extend(dicts_in(reaction.get("users")))
    for entry in told:
        if isinstance(entry, dict) and entry.get("id"):
            key = clean(entry.get("id"))
            name = one_line(entry.get("nickname") or entry.get("name"), 120) or f"user {key}"
            yield SourcePerson(key, name, handle=one_line(entry.get("name"), 80), is_bot=bool(entry.get("isBot")))


def _embeds(row: dict[str, Any], body: str) -> tuple[list[str], int]:
    """What an app has put in, as quotes; previews of links that stand in the message are only counted."""
    kept: list[str] = []
    previews = 0
    for told in dicts_in(row.get("embeds")):
        if told.get("url") and not _is_bot(row):
            previews += 1
            continue
        title = clean(told.get("title"))
        parts = [link(clean(told.get("url")), title) if told.get("url") else f"**{escape(title)}**" if title else ""]
        parts.append(chat_markdown(clean(told.get("description")), []))
        parts.extend(
            f"**{escape(clean(one.get('name')))}:** {clean(one.get('value'))}" for one in dicts_in(told.get("fields"))
        )
        words = "\n\n".join(part for part in parts if part)
        if words:
            kept.append("\n".join(f"> {line}".rstrip() for line in words.split("\n")))
    return kept, previews


def _reactions(row: dict[str, Any]) -> tuple[SourceReaction, ...]:
    found: list[SourceReaction] = []
    for told in dicts_in(row.get("reactions")):
        emoji = told.get("emoji")
        if isinstance(emoji, dict) and emoji.get("name"):
            own = bool(emoji.get("id")) and emoji.get("id") != "0"
            name = clean(emoji.get("name"))
            users = tuple(clean(user.get("id")) for user in dicts_in(told.get("users")))
            found.append(SourceReaction(f":{name}:" if own else name, users))
    return tuple(found)
