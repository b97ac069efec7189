"""Take in some thousand placed messages, with the people and channels that they need, in one transaction."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations.operations.change_taken_in import Changed, IncomingEdit, change_taken_in
from twodesks.conversations.operations.take_in_conversations import (
    IncomingConversation,
    IncomingMessage,
    TakenIn,
    take_in_conversations,
)
from twodesks.conversations.queries.taken_in import (
    channels_of_conversations,
    conversations_of_source,
    messages_of_source,
)
from twodesks.imports.engine.arranging import Placed
from twodesks.imports.engine.naming import fill_in
from twodesks.imports.engine.records import LeftOut, Said, SourceMessage, SourcePerson, SourceRemoval, Tally
from twodesks.imports.engine.titles import TITLE_CHARS, is_question, title_of
from twodesks.imports.models import ImportedFile, ImportRun, RunChannel
from twodesks.imports.operations.channel_map import ChannelMap
from twodesks.imports.operations.people_map import PeopleMap
from twodesks.imports.operations.repetitions import Repetitions
from twodesks.kit.actor import Actor

REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read and placed since the last one, and how far the source is wholly in once it is taken in."""

    placed: Sequence[Placed]
    strangers: Sequence[SourcePerson]
    left_out: Sequence[LeftOut]
    removals: Sequence[tuple[int, SourceRemoval]]
    cursor: int
    current: str


class Taker:
    """Takes in batches of one run, one after another."""

    def __init__(self, actor: Actor, run: ImportRun, people: PeopleMap, channels: ChannelMap) -> None:
        self._actor = actor
        self._run = run
        self._source_id = run.source_id or 0
        self._people = people
        self._channels = channels
        self._tally = Tally.from_json(run.left_out)
        self._repetitions = Repetitions(run)
        # Conversations by the keys of threads and of messages that begin or continue them.
        self._places: OrderedDict[str, int] = OrderedDict()
        # Where conversations are that private messages of this batch may go into.
        self._homes: dict[int, int] = {}

    def take_in(self, batch: Batch) -> None:
        """All of it, or none; afterwards the run's row says so."""
        with transaction.atomic():
            for stranger in batch.strangers:
                self._people.hear_of(stranger)
            fresh, edited = self._fresh(batch.placed)
            self._know_people([*fresh, *edited])
            places = self._find_places(fresh)
            conversations, messages = self._incoming(fresh, places)
            taken = take_in_conversations(
                actor=self._actor,
                source_id=self._source_id,
                origin=self._run.kind,
                conversations=conversations,
                messages=messages,
            )
            self._note_files(fresh, taken)
            changed = self._change(edited, batch.removals)
            self._note_run(batch, fresh, messages, taken, changed)
        self._remember(messages, taken)

    def _fresh(self, placed: Sequence[Placed]) -> tuple[list[Placed], list[Placed]]:
        """Those that are not here yet, and those that are and were edited there. What is read again after a stop is no
        repetition."""
        known = messages_of_source(self._source_id, [one.message.key for one in placed])
        fresh: dict[str, Placed] = {}
        edited: list[Placed] = []
        for one in placed:
            key = one.message.key
            place = known.get(key)
            if place is not None:
                self._places[key] = place.conversation_id
                self._repetitions.hear_known(one, place.message_id)
                if one.message.edited_at is not None:
                    edited.append(one)
            elif key in fresh:
                self._repetitions.hear_twice(one)
            else:
                fresh[key] = one
                self._repetitions.hear_fresh(one)
        return list(fresh.values()), edited

    def _change(self, edited: Sequence[Placed], removals: Sequence[tuple[int, SourceRemoval]]) -> Changed:
        """Messages that are here, as they have become there."""
        changed = change_taken_in(
            actor=self._actor,
            source_id=self._source_id,
            run_id=self._run.pk,
            edits=[
                IncomingEdit(
                    one.message.key,
                    fill_in(one.message.markdown, self._people.link, self._channels.link),
                    one.message.edited_at,
                    self._mentions(one.message),
                )
                for one in edited
                if one.message.edited_at is not None
            ],
            removed={removal.key for _, removal in removals},
        )
        stretches = {one.message.key: one.stretch for one in edited}
        stretches |= {removal.key: stretch for stretch, removal in removals}
        for key in changed.kept:
            self._repetitions.hear_kept(key, stretches[key])
        return changed

    def _mentions(self, message: SourceMessage) -> tuple[int, ...]:
        readers = self._channels.readers(message.channel_key)
        found = self._people.ids(message.mentions)
        return tuple(one for one in found if readers is None or one in readers)

    def _know_people(self, fresh: Iterable[Placed]) -> None:
        keys: list[str] = []
        for one in fresh:
            keys.append(one.message.author_key)
            keys.extend(one.message.mentions)
            for reaction in one.message.reactions:
                keys.extend(reaction.person_keys)
        self._people.ensure(keys)

    def _find_places(self, fresh: Sequence[Placed]) -> dict[str, int]:
        """Conversations that are here already, by thread or by the message that is gone on from."""
        wanted = {key for one in fresh if (key := one.conversation_key or one.parent_key) is not None}
        private = [one for one in fresh if self._channels.is_private(one.message.channel_key)]
        wanted.update(self._apart(one) for one in private)
        found = {key: self._places[key] for key in wanted if key in self._places}
        unknown = wanted - found.keys()
        source_id = self._source_id
        found |= conversations_of_source(source_id, unknown)
        unknown -= found.keys()
        found |= {key: place.conversation_id for key, place in messages_of_source(source_id, unknown).items()}
        keys = {one.conversation_key or one.parent_key or one.message.key for one in private}
        self._homes = channels_of_conversations({found[key] for key in keys & found.keys()}) if keys else {}
        return found

    def _apart(self, one: Placed) -> str:
        """The key of what goes on in private with a conversation that is elsewhere here."""
        channel_id = self._channels.channel_id(one.message.channel_key)
        return f"apart:{channel_id}:{one.conversation_key or one.parent_key or one.message.key}"

    def _is_elsewhere(self, one: Placed, place: int) -> bool:
        """Whether a private message would leave its channel: the thread began in an open one, or was moved here."""
        key = one.message.channel_key
        return self._channels.is_private(key) and self._homes.get(place) != self._channels.channel_id(key)

    def _place(self, one: Placed, places: dict[str, int], joined: dict[str, str]) -> int | str:
        """The conversation that a message goes into: an id of one that is here, or the key of one that begins."""
        key = one.conversation_key or one.parent_key or one.message.key
        place = places.get(key)
        if place is not None and self._is_elsewhere(one, place):
            apart = self._apart(one)
            return places.get(apart) or apart
        if place is not None:
            return place
        if one.conversation_key is not None:
            return one.conversation_key
        return joined.get(one.parent_key or "") or one.message.key

    def _incoming(
        self, fresh: Sequence[Placed], places: dict[str, int]
    ) -> tuple[list[IncomingConversation], list[IncomingMessage]]:
        conversations: dict[str, IncomingConversation] = {}
        messages: list[IncomingMessage] = []
        # Conversations that come with this batch, by the keys of their messages.
        joined: dict[str, str] = {}
        for one in fresh:
            message = one.message
            body = fill_in(message.markdown, self._people.link, self._channels.link)
            place = self._place(one, places, joined)
            if isinstance(place, str):
                if place not in conversations:
                    conversations[place] = self._begun(place, message, body)
                joined[message.key] = place
            messages.append(self._said(message, body, place))
        return list(conversations.values()), messages

    def _begun(self, key: str, message: SourceMessage, body: str) -> IncomingConversation:
        asked = message.said is Said.QUESTION or is_question(body)
        return IncomingConversation(
            key=key,
            channel_id=self._channels.channel_id(message.channel_key),
            kind="question" if asked else "discussion",
            title=message.title[:TITLE_CHARS] or title_of(body, f"Talk in #{self._channels.name(message.channel_key)}"),
            started_by_id=self._people.member_id(message.author_key),
            started_at=message.sent_at,
            topics=tuple(topic[:60] for topic in message.topics[:10]),
        )

    def _said(self, message: SourceMessage, body: str, place: int | str) -> IncomingMessage:
        facts: dict[str, object] = {}
        if message.votes:
            facts["votes"] = message.votes
        if message.said is not Said.MESSAGE:
            facts["said"] = message.said.value
        if message.is_bot:
            facts["bot"] = True
        return IncomingMessage(
            key=message.key,
            conversation=place,
            author_id=self._people.member_id(message.author_key),
            body=body,
            posted_at=message.sent_at,
            edited_at=message.edited_at,
            reply_to_key=message.reply_to,
            reactions=tuple(
                (member_id, reaction.emoji)
                for reaction in message.reactions
                for member_id in self._people.ids(reaction.person_keys)
            ),
            mentions=self._mentions(message),
            facts=facts,
            is_accepted=message.is_accepted,
        )

    def _note_files(self, fresh: Sequence[Placed], taken: TakenIn) -> None:
        ImportedFile.objects.bulk_create(
            [
                ImportedFile(
                    run=self._run,
                    message_id=taken.message_ids[one.message.key],
                    archive_path=file.archive_path,
                    name=file.name[:200],
                    link=file.link,
                    total_bytes=file.total_bytes,
                )
                for one in fresh
                for file in one.message.files
                if file.archive_path
            ]
        )

    def _note_run(
        self,
        batch: Batch,
        fresh: Sequence[Placed],
        messages: Sequence[IncomingMessage],
        taken: TakenIn,
        changed: Changed,
    ) -> None:
        run = self._run
        self._tally.add_all(batch.left_out)
        run.cursor = max(run.cursor, batch.cursor)
        self._tally.add_all(self._repetitions.due(run.cursor))
        run.left_out, run.ahead = self._tally.as_json(), self._repetitions.ahead
        run.current = batch.current[:120]
        run.messages += len(messages)
        run.conversations += len(taken.conversation_ids)
        run.edited += changed.edited
        run.removed += changed.removed
        answered = self._note_channels(fresh, messages, taken)
        run.answered += answered
        _widen(run, "message", taken.message_ids.values())
        _widen(run, "conversation", taken.conversation_ids.values())
        run.save(update_fields=_COUNTED)
        if taken.touched or changed.conversation_ids:
            grown = {*taken.touched, *changed.conversation_ids} - set(taken.conversation_ids.values())
            record_statement(
                actor=self._actor,
                verb="took-in",
                object_type="import",
                object_id=run.pk,
                result={
                    "messages": len(messages),
                    "conversations": len(taken.conversation_ids),
                    "grown_ids": sorted(grown),
                },
            )

    def _note_channels(self, fresh: Sequence[Placed], messages: Sequence[IncomingMessage], taken: TakenIn) -> int:
        """What came into which channel; how many conversations that began now have an answer already."""
        begun = {one_key: taken.touched.get(pk, False) for one_key, pk in taken.conversation_ids.items()}
        by_channel: dict[str, list[int]] = {}
        for one, message in zip(fresh, messages, strict=True):
            counts = by_channel.setdefault(one.message.channel_key, [0, 0, 0])
            counts[0] += 1
            if isinstance(message.conversation, str) and message.conversation in begun:
                counts[1] += 1
                counts[2] += begun.pop(message.conversation)
        for key, (said, began, answered) in by_channel.items():
            row, _ = RunChannel.objects.get_or_create(
                run=self._run, key=key, defaults={"channel_id": self._channels.channel_id(key)}
            )
            RunChannel.objects.filter(pk=row.pk).update(
                messages=F("messages") + said,
                conversations=F("conversations") + began,
                answered=F("answered") + answered,
                last_at=timezone.now(),
            )
        return sum(counts[2] for counts in by_channel.values())

    def _remember(self, messages: Sequence[IncomingMessage], taken: TakenIn) -> None:
        for one in messages:
            place = one.conversation if isinstance(one.conversation, int) else taken.conversation_ids[one.conversation]
            self._places[one.key] = place
            if isinstance(one.conversation, str):
                self._places[one.conversation] = place
        while len(self._places) > REMEMBERED:
            self._places.popitem(last=False)


_COUNTED = [
    "left_out", "ahead", "cursor", "current", "messages", "conversations", "answered", "edited", "removed",
    "people_known", "people_new", "first_message_id", "last_message_id", "first_conversation_id",
    "last_conversation_id",
]  # fmt: skip


def _widen(run: ImportRun, what: str, ids: Iterable[int]) -> None:
    """The range of ids that this run has made."""
    made = list(ids)
    if not made:
        return
    first, last = f"first_{what}_id", f"last_{what}_id"
    if getattr(run, first) is None:
        setattr(run, first, min(made))
    setattr(run, last, max(made))
