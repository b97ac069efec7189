"""What has come in from a source, by its names there. For imports alone: who may read it is not asked here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count

from twodesks.conversations.models import Conversation

# One array instead of thousands of parameters: each of these takes an index look-up a key.
_MESSAGES = """
SELECT source_key, id, conversation_id FROM conversations_message WHERE source_id = %s AND source_key = ANY(%s)
"""
_CONVERSATIONS = """
SELECT source_key, COALESCE(merged_into_id, id) FROM conversations_conversation
WHERE source_id = %s AND source_key = ANY(%s)
"""

# Somebody here has said, asked, thanked for, changed or attached something: then the whole conversation stays.
_GONE_ON_WITH = """
SELECT DISTINCT c.id FROM conversations_conversation c
WHERE c.source_id = %(source)s AND c.id BETWEEN %(first)s AND %(last)s AND (
  c.me_too_count > 0 OR c.merged_into_id IS NOT NULL
  OR (c.accepted_by_id IS NOT NULL AND c.accepted_by_id <> c.started_by_id)
  OR EXISTS (SELECT FROM conversations_conversation s WHERE c.id IN (s.split_from_id, s.merged_into_id))
  OR EXISTS (SELECT FROM conversations_conversationfollowing f WHERE f.conversation_id = c.id)
  OR EXISTS (SELECT FROM conversations_askedmember a WHERE a.conversation_id = c.id)
  OR EXISTS (
    SELECT FROM conversations_message m WHERE m.conversation_id = c.id AND (
      m.source_id IS DISTINCT FROM %(source)s OR m.thanks_count > 0 OR m.recording_id IS NOT NULL
      OR m.id NOT BETWEEN %(first_message)s AND %(last_message)s
      OR EXISTS (
        SELECT FROM conversations_messagerevision r WHERE r.message_id = m.id AND r.import_run_id IS NULL
      )
    )
  )
)
"""


@dataclass(frozen=True, slots=True)
class TakenInBefore:
    """What one run of a source has made, by its first and last ids; other sources have ids between them too."""

    source_id: int
    conversation_ids: tuple[int, int]
    message_ids: tuple[int, int]

    def bounds(self) -> dict[str, Any]:
        return {
            "source": self.source_id,
            "first": self.conversation_ids[0],
            "last": self.conversation_ids[1],
            "first_message": self.message_ids[0],
            "last_message": self.message_ids[1],
        }


NeedsThem = Callable[[TakenInBefore], Collection[int]]
_needs: list[NeedsThem] = []


def keep_for(needs: NeedsThem) -> None:
    """Let a higher room name conversations that it needs, so that no undo takes them. In `project/wiring.py` alone."""
    if needs not in _needs:
        _needs.append(needs)


def gone_on_with(batch: TakenInBefore) -> list[int]:
    """Conversations that an undo leaves as they are, for people here have done something with them."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE_ON_WITH, batch.bounds())
        kept = {row[0] for row in cursor.fetchall()}
    for needs in _needs:
        kept.update(needs(batch))
    return sorted(kept)


@dataclass(frozen=True, slots=True)
class Place:
    message_id: int
    conversation_id: int


def messages_of_source(source_id: int, keys: Collection[str]) -> dict[str, Place]:
    """Those of these that are here, and where."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_MESSAGES, [source_id, list(keys)])
        return {key: Place(message_id, conversation_id) for key, message_id, conversation_id in cursor.fetchall()}


def conversations_of_source(source_id: int, keys: Collection[str]) -> dict[str, int]:
    """Those of these that are here, with their ids; one that was merged away answers with the one it is in."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CONVERSATIONS, [source_id, list(keys)])
        return dict(cursor.fetchall())


def channels_of_conversations(conversation_ids: Collection[int]) -> dict[int, int]:
    """Where each of these is now: people move conversations."""
    return dict(Conversation.objects.filter(pk__in=list(conversation_ids)).values_list("pk", "channel_id"))


def answered_by_channel(batch: TakenInBefore) -> dict[int, int]:
    """How many of the conversations that a run made have an answer, by the channel that they are in."""
    made = Conversation.objects.filter(
        source_id=batch.source_id, pk__range=batch.conversation_ids, answer_count__gt=0
    ).order_by()
    return dict(made.values("channel_id").annotate(count=Count("pk")).values_list("channel_id", "count"))
