"""Mattermost's bulk export: one JSON object a line, by itself or in a ZIP with the files beside it.

After Mattermost's documentation of bulk export and bulk loading (docs.mattermost.com). Posts have no numbers there; a
post is known by its channel, its time and its author. Replies come with the post that they answer.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from twodesks.imports.engine.archive import Archive, lines_of
from twodesks.imports.engine.chat import Rewriting, chat_markdown
from twodesks.imports.engine.jsontext import parse
from twodesks.imports.engine.opened import OpenedExport
from twodesks.imports.engine.plain import clean, cut, dicts_in, emoji_of, moment, one_line, with_files
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
    SourceRemoval,
    Stretch,
    Wishes,
)
from twodesks.imports.engine.rows import Rows
from twodesks.kit.problem import Invalid

_PERSON = re.compile(r"(?<![\w@/])@([a-z0-9][a-z0-9._-]{0,63})", re.IGNORECASE)
_CHANNEL = re.compile(r"(?<![\w~])~([a-z0-9][a-z0-9_-]{0,63})(?!~)", re.IGNORECASE)
_COMING_AND_GOING = re.compile(r"^system_.*(join|leave|add|remove)")
_POSTS = ("post", "direct_post")

KEY_CHARS = 180
_OPEN_POST = (b'{"type":"post"', b'{"type": "post"')


class MattermostExport(OpenedExport):
    """An opened export. Raises `Invalid` when there is no such file, or it does not begin with its version."""

    kind = "mattermost"

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._name = self._find_lines()
        self._people: dict[str, SourcePerson] = {}
        self._channels: dict[str, SourceChannel] = {}
        self._team = ""
        self._learn()
        self._rows = Rows(self._posts)

    def _find_lines(self) -> str:
        found = [name for name in self._archive.names() if name.endswith(".jsonl")] or self._archive.names()[:1]
        if found:
            for line in lines_of(self._archive, found[0]):
                if _object(line).get("type") == "version":
                    return found[0]
                break
        raise Invalid(
            f"{self._archive.name} holds no bulk export of Mattermost (a .jsonl file that begins with its version). "
            "Make one with mmctl export create. Nothing was changed."
        )

    def _learn(self) -> None:
        """People and channels, which stand before the posts; direct channels stand between and after them."""
        inside: defaultdict[str, list[str]] = defaultdict(list)
        for line in lines_of(self._archive, self._name):
            if line.startswith(_OPEN_POST):
                continue
            told = _object(line)
            kind = told.get("type")
            body = told.get(str(kind))
            if not isinstance(body, dict):
                continue
            if kind in ("direct_channel", "direct_post"):
                self._direct(body.get("members" if kind == "direct_channel" else "channel_members"))
            if kind == "team":
                self._team = self._team or clean(body.get("name"))
            elif kind == "channel":
                channel = _channel(body)
                self._channels[channel.key] = channel
            elif kind in ("user", "bot"):
                self._take_person(body, kind == "bot", inside)
        for key, members in inside.items():
            if key in self._channels:
                channel = self._channels[key]
                self._channels[key] = SourceChannel(
                    key, channel.name, channel.reach, channel.purpose, tuple(members), is_archived=channel.is_archived
                )

    def _take_person(self, body: dict[str, Any], is_bot: bool, inside: defaultdict[str, list[str]]) -> None:
        key = clean(body.get("username")).lower()
        if not key:
            return
        name = " ".join(filter(None, (clean(body.get("first_name")), clean(body.get("last_name")))))
        self._people[key] = SourcePerson(
            key=key,
            name=one_line(name or body.get("display_name") or body.get("nickname") or key, 120),
            handle=key,
            email=one_line(body.get("email"), 254).lower(),
            is_bot=is_bot,
            is_gone=bool(body.get("delete_at")),
            title=one_line(body.get("position"), 120),
        )
        for team in dicts_in(body.get("teams")):
            for channel in dicts_in(team.get("channels")):
                inside[f"{clean(team.get('name'))}:{clean(channel.get('name'))}"].append(key)

    def _posts(self) -> Iterator[dict[str, Any]]:
        """Posts with their line's number, in the order of the file; lines that are broken come as they are."""
        for number, line in enumerate(lines_of(self._archive, self._name), 1):
            told = _object(line)
            kind = told.get("type")
            if kind in _POSTS or (not told and line.strip()):
                yield {"number": number, "kind": kind, "post": told.get(str(kind))}
            elif kind == "direct_channel":
                yield {"number": number, "kind": kind, "post": told.get("direct_channel")}

    def outline(self) -> Outline:
        others = [name for name in self._archive.names() if name != self._name and "/data/" not in f"/{name}"]
        return Outline(
            kind=self.kind,
            identity=self._team or self._archive.name,
            name=self._team or self._archive.name,
            people=tuple(self._people.values()),
            channels=tuple(self._channels.values()),
            left_out=tuple(LeftOut(Reason.OTHER_FILE, name) for name in others),
        )

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        for number in range(self._rows.parts()):
            yield Stretch(str(number), "")

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        for channel in self._channels.values():
            # Direct posts are counted one by one.
            if channel.reach is not Reach.DIRECT and not wishes.take(channel):
                yield LeftOut(Reason.NOT_ASKED, f"#{channel.name}")

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]:
        for row in self._rows.part(int(stretch.key)):
            post = row["post"]
            example = f"line {row['number']}"
            if row["kind"] == "direct_channel":
                continue
            if not isinstance(post, dict):
                yield LeftOut(Reason.UNREADABLE_MESSAGE, example)
            elif row["kind"] == "direct_post" and not wishes.direct_messages:
                yield LeftOut(Reason.DIRECT, "", 1 + len(dicts_in(post.get("replies"))))
            else:
                yield from self._thread(post, row["kind"] == "direct_post", example, wishes, naming)
        if self._rows.fault:
            yield LeftOut(Reason.UNREADABLE_FILE, self._rows.fault)

    def _thread(
        self, post: dict[str, Any], is_direct: bool, example: str, wishes: Wishes, naming: Naming
    ) -> Iterator[Item]:
        channel = self._direct(post.get("channel_members")) if is_direct else self._channel_of(post)
        replies = dicts_in(post.get("replies"))
        if not wishes.take(channel):
            if is_direct:
                yield LeftOut(Reason.DIRECT, example, 1 + len(replies))
            # Any other channel is counted as a whole.
            return
        thread = _key(channel.key, post) if replies else None
        first: str | None = None
        for entry in (post, *replies):
            for item in self._message(entry, channel, example, wishes, naming):
                if isinstance(item, SourceMessage):
                    yield replace(item, thread_key=thread, reply_to=first)
                    first = first or item.key
                else:
                    yield item

    def _channel_of(self, post: dict[str, Any]) -> SourceChannel:
        key = f"{clean(post.get('team'))}:{clean(post.get('channel'))}"
        if key not in self._channels:
            self._channels[key] = SourceChannel(key, one_line(post.get("channel"), 80) or key, Reach.PRIVATE)
        return self._channels[key]

    def _direct(self, told: object) -> SourceChannel:
        members = tuple(sorted(clean(name).lower() for name in told)) if isinstance(told, list) else ()
        key = _short(f"direct:{','.join(members)}")
        if key not in self._channels:
            names = ", ".join(self._people[name].name if name in self._people else name for name in members)
            self._channels[key] = SourceChannel(key, one_line(names, 60), Reach.DIRECT, member_keys=members)
        return self._channels[key]

    def _message(
        self, post: dict[str, Any], channel: SourceChannel, example: str, wishes: Wishes, naming: Naming
    ) -> Iterator[Item]:
        at = _moment(post.get("create_at"))
        left = self._reason(post, wishes) if at is not None else Reason.UNREADABLE_MESSAGE
        if left is not None or at is None:
            yield LeftOut(left or Reason.UNREADABLE_MESSAGE, example)
            if left is Reason.DELETED:
                yield SourceRemoval(_key(channel.key, post))
            return
        author = clean(post.get("user")).lower() or "nobody"
        if author not in self._people:
            yield SourcePerson(author, author, handle=author)
        files = self._files(post)
        for file in files:
            if not file.archive_path:
                yield LeftOut(Reason.FILE_GONE, example)
        mentions: list[str] = []
        body = chat_markdown(clean(post.get("message")), self._rewritings(naming, mentions, channel))
        markdown, was_cut = cut(with_files(body, files))
        if was_cut:
            yield LeftOut(Reason.CUT, example)
        edited = _moment(post.get("edit_at"))
        yield SourceMessage(
            key=_key(channel.key, post),
            channel_key=channel.key,
            author_key=author,
            sent_at=at,
            markdown=markdown,
            edited_at=edited,
            reactions=_reactions(post),
            files=files,
            mentions=tuple(dict.fromkeys(mentions)),
            is_bot=self._is_bot(post),
        )

    def _reason(self, post: dict[str, Any], wishes: Wishes) -> Reason | None:
        kind = clean(post.get("type"))
        if kind.startswith("system_"):
            return Reason.COMING_AND_GOING if _COMING_AND_GOING.match(kind) else Reason.NOTICE
        if _moment(post.get("delete_at")) is not None:
            return Reason.DELETED
        if self._is_bot(post) and not wishes.bots:
            return Reason.BOT
        return None if clean(post.get("message")).strip() or dicts_in(post.get("attachments")) else Reason.EMPTY

    def _is_bot(self, post: dict[str, Any]) -> bool:
        props = post.get("props")
        by_hook = isinstance(props, dict) and (props.get("from_webhook") == "true" or props.get("from_bot") == "true")
        person = self._people.get(clean(post.get("user")).lower())
        return by_hook or (person is not None and person.is_bot)

    def _files(self, post: dict[str, Any]) -> tuple[SourceFile, ...]:
        kept: list[SourceFile] = []
        names = self._inside
        for told in dicts_in(post.get("attachments")):
            path = clean(told.get("path"))
            place = next((name for name in (f"data/{path}", path) if name in names), "")
            size = self._archive.size(place) if place else 0
            kept.append(SourceFile(path, one_line(path.rsplit("/", 1)[-1], 200) or "File", "", size, place))
        return tuple(kept)

    def _rewritings(self, naming: Naming, mentions: list[str], channel: SourceChannel) -> list[Rewriting]:
        def person(found: re.Match[str]) -> str:
            written = found[1].lower()
            key = written.rstrip(".-_") if written not in self._people else written
            if key not in self._people:
                return found[0]
            mentions.append(key)
            return naming.person(key, key) + found[1][len(key) :]

        def link(found: re.Match[str]) -> str:
            key = f"{channel.key.partition(':')[0]}:{found[1].lower()}"
            return naming.channel(key, found[1]) if key in self._channels else found[0]

        return [(_PERSON, person), (_CHANNEL, link)]


def _object(line: bytes) -> dict[str, Any]:
    try:
        told = parse(line, "line")
    except Invalid:
        return {}
    return told if isinstance(told, dict) else {}


def _channel(body: dict[str, Any]) -> SourceChannel:
    return SourceChannel(
        key=f"{clean(body.get('team'))}:{clean(body.get('name'))}",
        name=one_line(body.get("display_name") or body.get("name"), 80),
        reach=Reach.PRIVATE if body.get("type") == "P" else Reach.OPEN,
        purpose=one_line(body.get("purpose") or body.get("header"), 280),
        is_archived=bool(body.get("delete_at")),
    )


def _key(channel: str, post: dict[str, Any]) -> str:
    return _short(f"{channel}:{post.get('create_at')}:{clean(post.get('user')).lower()}")


def _short(key: str) -> str:
    """Names of many people, one after another, do not fit where keys are kept."""
    if len(key) <= KEY_CHARS:
        return key
    return f"{key[:60]}~{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _moment(told: object) -> Any:
    """Milliseconds since 1970; 0 means never."""
    return moment(told / 1000) if isinstance(told, int | float) and told else None


def _reactions(post: dict[str, Any]) -> tuple[SourceReaction, ...]:
    told: defaultdict[str, list[str]] = defaultdict(list)
    for reaction in dicts_in(post.get("reactions")):
        told[emoji_of(clean(reaction.get("emoji_name")))].append(clean(reaction.get("user")).lower())
    return tuple(SourceReaction(emoji, tuple(keys)) for emoji, keys in told.items())
