"""Take in conversations that were held elsewhere, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from twodesks.conversations.queries.taken_in import messages_of_source
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied

_CONVERSATION = (
    "id", "channel_id", "kind", "origin", "title", "started_by_id", "topics", "started_at", "last_message_at",
    "message_count", "answer_count", "me_too_count", "source_id", "source_key",
)  # fmt: skip
_MESSAGE = (
    "id", "conversation_id", "author_id", "body", "reply_to_id", "posted_at", "edited_at", "thanks_count", "source_id",
    "source_key", "source_facts",
)  # fmt: skip

# What a conversation that was here before keeps of its messages, moved on by those that came just now.
_COUNT = """
UPDATE conversations_conversation AS c SET
  message_count = c.message_count + s.messages, answer_count = c.answer_count + s.answers,
  started_at = LEAST(c.started_at, s.earliest), last_message_at = GREATEST(c.last_message_at, s.latest)
FROM (
  SELECT m.conversation_id AS id, count(*) AS messages, min(m.posted_at) AS earliest, max(m.posted_at) AS latest,
    count(*) FILTER (WHERE m.author_id IS DISTINCT FROM c2.started_by_id) AS answers
  FROM conversations_message m JOIN conversations_conversation c2 ON c2.id = m.conversation_id
  WHERE m.id = ANY(%s) GROUP BY m.conversation_id
) AS s WHERE s.id = c.id
RETURNING c.id, c.answer_count > 0
"""
_ACCEPT = """
UPDATE conversations_conversation AS c SET
  accepted_message_id = m.id, accepted_at = m.posted_at, accepted_by_id = c.started_by_id
FROM conversations_message m
WHERE m.id = ANY(%s) AND c.id = m.conversation_id AND c.accepted_message_id IS NULL
"""


@dataclass(frozen=True, slots=True)
class IncomingConversation:
    """`key` is its name in the source."""

    key: str
    channel_id: int
    kind: str
    title: str
    started_by_id: int
    started_at: datetime
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """`conversation` is the id of one that is here, or the key of one that comes with it. Authors are members."""

    key: str
    conversation: int | str
    author_id: int
    body: str
    posted_at: datetime
    edited_at: datetime | None = None
    reply_to_key: str | None = None
    reactions: tuple[tuple[int, str], ...] = ()
    mentions: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Ids by key, and which of the conversations have an answer now."""

    conversation_ids: dict[str, int]
    message_ids: dict[str, int]
    touched: dict[int, bool]


@operation("conversations.take_in_conversations")
def take_in_conversations(
    *,
    actor: Actor,
    source_id: int,
    origin: str,
    conversations: Sequence[IncomingConversation],
    messages: Sequence[IncomingMessage],
) -> TakenIn:
    """Rows as they are, in some statements however many there are. Nobody is told, and nobody follows them.

    The import that calls it has authorised, sees to it that no key comes twice, and records the statement. Raises
    `Denied` for anybody but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring conversations in.")
    with transaction.atomic():
        conversation_ids = dict(
            zip(
                (one.key for one in conversations), _new_ids("conversations_conversation", len(conversations)),
                strict=True,
            )
        )  # fmt: skip
        message_ids = dict(
            zip((one.key for one in messages), _new_ids("conversations_message", len(messages)), strict=True)
        )
        counts = _counts(conversations, messages)
        _copy_conversations(source_id, origin, conversations, conversation_ids, counts)
        _copy_messages(source_id, messages, conversation_ids, message_ids)
        _copy_around(messages, message_ids)
        touched = _move_on([message_ids[one.key] for one in messages if isinstance(one.conversation, int)])
        touched |= {conversation_ids[key]: count.answers > 0 for key, count in counts.items()}
        accepted = [message_ids[one.key] for one in messages if one.is_accepted]
        if accepted:
            with connection.cursor() as cursor:
                cursor.execute(_ACCEPT, [accepted])
    return TakenIn(conversation_ids, message_ids, touched)


def _new_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        # The sequence is looked up once, not for each row.
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


@dataclass(slots=True)
class _Count:
    """What a conversation that comes now keeps of its messages."""

    started_by_id: int
    messages: int = 0
    answers: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None


def _counts(conversations: Sequence[IncomingConversation], messages: Sequence[IncomingMessage]) -> dict[str, _Count]:
    counts = {one.key: _Count(one.started_by_id) for one in conversations}
    for message in messages:
        if isinstance(message.conversation, str):
            count, at = counts[message.conversation], message.posted_at
            count.messages += 1
            count.answers += message.author_id != count.started_by_id
            count.earliest = at if count.earliest is None else min(count.earliest, at)
            count.latest = at if count.latest is None else max(count.latest, at)
    return counts


def _copy(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """COPY takes a row in a tenth of the time of an INSERT. Table and columns are our own words."""
    if not rows:
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _copy_conversations(
    source_id: int,
    origin: str,
    conversations: Sequence[IncomingConversation],
    ids: dict[str, int],
    counts: dict[str, _Count],
) -> None:
    rows = [
        (
            ids[one.key], one.channel_id, one.kind, origin, one.title, one.started_by_id, list(one.topics),
            count.earliest or one.started_at, count.latest or one.started_at, count.messages, count.answers, 0,
            source_id, one.key,
        )
        for one in conversations
        for count in (counts[one.key],)
    ]  # fmt: skip
    _copy("conversations_conversation", _CONVERSATION, rows)


def _copy_messages(
    source_id: int, messages: Sequence[IncomingMessage], conversation_ids: dict[str, int], ids: dict[str, int]
) -> None:
    elsewhere = {one.reply_to_key for one in messages if one.reply_to_key and one.reply_to_key not in ids}
    known = {key: place.message_id for key, place in messages_of_source(source_id, elsewhere).items()}
    rows = [
        (
            ids[one.key],
            one.conversation if isinstance(one.conversation, int) else conversation_ids[one.conversation],
            one.author_id, one.body, ids.get(one.reply_to_key or "") or known.get(one.reply_to_key or ""),
            one.posted_at, one.edited_at, 0, source_id, one.key, Jsonb(one.facts),
        )
        for one in messages
    ]  # fmt: skip
    _copy("conversations_message", _MESSAGE, rows)


def _copy_around(messages: Sequence[IncomingMessage], ids: dict[str, int]) -> None:
    reactions = [
        (ids[one.key], member_id, emoji[:64], one.posted_at)
        for one in messages
        for member_id, emoji in dict.fromkeys(one.reactions)
    ]
    mentions = [(ids[one.key], member_id) for one in messages for member_id in dict.fromkeys(one.mentions)]
    _copy("conversations_reaction", ("message_id", "member_id", "emoji", "given_at"), reactions)
    _copy("conversations_mention", ("message_id", "member_id"), mentions)


def _move_on(message_ids: list[int]) -> dict[int, bool]:
    """Conversations that were here before and have grown, and whether they have an answer."""
    if not message_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [message_ids])
        return dict(cursor.fetchall())
