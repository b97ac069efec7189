"""What has come in from a source, by its names there. For imports alone: who may read it is not asked here."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

# One array instead of thousands of parameters: each of these takes an index look-up a key.
_MESSAGES = """
SELECT source_key, id, conversation_id FROM conversations_message WHERE source_id = %s AND source_key = ANY(%s)
"""
_CONVERSATIONS = """
SELECT source_key, COALESCE(merged_into_id, id) FROM conversations_conversation
WHERE source_id = %s AND source_key = ANY(%s)
"""


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
