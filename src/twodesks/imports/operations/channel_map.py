"""Which channel here each channel of a source is: the one that was chosen, the one of the same name, or a new one."""

from collections.abc import Iterable

from twodesks.channels.operations.let_in_taken_in import let_in_taken_in
from twodesks.channels.operations.take_in_channel import take_in_channel
from twodesks.channels.queries import get_channel, visible_channels
from twodesks.imports.engine.records import Reach, SourceChannel
from twodesks.imports.models import ImportedChannel, ImportRun
from twodesks.imports.operations.people_map import PeopleMap
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import escape

NEW = 0


class ChannelMap:
    """Private talk never goes into a channel that was not made for it."""

    def __init__(self, actor: Actor, run: ImportRun, outline: Iterable[SourceChannel], people: PeopleMap) -> None:
        self._actor = actor
        self._run = run
        self._source_id = run.source_id or 0
        self._people = people
        self._told = {channel.key: channel for channel in outline}
        self._open_there = frozenset(key for key, told in self._told.items() if told.reach is Reach.OPEN)
        self._known: dict[str, int] = {}
        self._open_here: set[int] = set()
        # Private channels whose members were looked at in this run.
        self._let_in: set[str] = set()
        self._members: dict[str, frozenset[int] | None] = {}
        self._links: dict[str, str] = {}
        self.remember()

    def remember(self) -> None:
        rows = ImportedChannel.objects.filter(source_id=self._source_id)
        self._known, self._open_here = {}, set()
        for key, channel_id, visibility in rows.values_list("key", "channel_id", "channel__visibility"):
            self._known[key] = channel_id
            if visibility == "open":
                self._open_here.add(channel_id)
        self._members.clear()
        self._let_in.clear()

    def is_private(self, key: str) -> bool:
        return key not in self._open_there

    def channel_id(self, key: str) -> int:
        """Makes it when it is not there yet. Runs inside the caller's transaction.

        What was open once and is private now keeps its key in some chats: what is said in it since goes apart.
        """
        told = self._told.get(key) or SourceChannel(key, key, Reach.PRIVATE)
        place = key
        if self.is_private(key) and self._known.get(key) in self._open_here:
            place = f"private:{key}"
        if place not in self._known:
            self._known[place] = self._take_in(told, place)
        elif self.is_private(key) and key not in self._let_in:
            self._let_in_newcomers(told, self._known[place])
        self._let_in.add(key)
        return self._known[place]

    def _let_in_newcomers(self, told: SourceChannel, channel_id: int) -> None:
        """Who has joined a private channel there since it came in."""
        self._people.ensure(told.member_keys)
        let_in_taken_in(actor=self._actor, channel_id=channel_id, member_ids=self._people.ids(told.member_keys))

    def readers(self, key: str) -> frozenset[int] | None:
        """Members of a private channel; None where everybody reads."""
        told = self._told.get(key)
        if told is None or told.reach is Reach.OPEN:
            return None
        if key not in self._members:
            self._members[key] = frozenset(self._people.ids(told.member_keys))
        return self._members[key]

    def name(self, key: str) -> str:
        told = self._told.get(key)
        return told.name if told is not None else key

    def link(self, key: str, fallback: str) -> str:
        """Open channels are linked; the name of a private one stays among those who are in it."""
        told = self._told.get(key)
        if told is None:
            return escape(f"#{fallback}") if fallback else "#channel"
        if told.reach is not Reach.OPEN:
            return "#private-channel"
        if key not in self._known:
            return escape(f"#{told.name}")
        if key not in self._links:
            channel = get_channel(self._actor, self._known[key])
            self._links[key] = f"[{escape(str(channel))}](/channels/{channel.slug}/)"
        return self._links[key]

    def _take_in(self, told: SourceChannel, key: str) -> int:
        target = self._target(told)
        made = target is None
        if target is None:
            private = told.reach is not Reach.OPEN
            if private:
                self._people.ensure(told.member_keys)
            target = take_in_channel(
                actor=self._actor,
                name=told.name,
                purpose=told.purpose,
                is_private=private,
                member_ids=self._people.ids(told.member_keys),
                steward_id=next(iter(self._people.ids([told.creator_key])), None),
                created_at=told.created_at,
                is_archived=told.is_archived,
            ).pk
        ImportedChannel.objects.create(
            source_id=self._source_id,
            key=key,
            channel_id=target,
            made_by_id=self._run.pk if made else None,
        )
        return target

    def _target(self, told: SourceChannel) -> int | None:
        if told.reach is not Reach.OPEN:
            return None
        chosen = (self._run.channels or {}).get(told.key)
        if chosen == NEW:
            return None
        if chosen is not None:
            return get_channel(self._actor, int(chosen)).pk
        same = visible_channels(self._actor).filter(name__iexact=told.name, visibility="open", archived_at=None).first()
        return same.pk if same is not None else None
