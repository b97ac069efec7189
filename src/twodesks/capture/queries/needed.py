"""Conversations that insights rest on. For undoing imports alone: who may read them is not asked here."""

from collections.abc import Collection

from django.db import connection

from twodesks.conversations.queries.taken_in import TakenInBefore

_CAPTURED = """
SELECT DISTINCT k.conversation_id FROM capture_conversationinsight k
JOIN conversations_conversation c ON c.id = k.conversation_id
WHERE c.source_id = %(source)s AND (
  c.id BETWEEN %(first)s AND %(last)s
  OR EXISTS (SELECT FROM unnest(k.message_ids) AS m (id) WHERE m.id BETWEEN %(first_message)s AND %(last_message)s)
)
"""


def captured_of(batch: TakenInBefore) -> Collection[int]:
    """Those of an import's conversations that became an insight, or that lent one messages which came by it."""
    with connection.cursor() as cursor:
        cursor.execute(_CAPTURED, batch.bounds())
        return [row[0] for row in cursor.fetchall()]
