"""Take back conversations that an import brought, and that nobody has gone on with."""

from dataclasses import dataclass

from django.db import connection, transaction

from twodesks.conversations.operations.recount import recount
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.media.operations.delete_file import delete_file

# Somebody here has said, thanked for, changed or attached something: then the whole conversation stays.
_TOUCHED = """
SELECT DISTINCT c.id FROM conversations_conversation c
WHERE c.source_id = %(source)s AND c.id BETWEEN %(first)s AND %(last)s AND (
  c.me_too_count > 0 OR c.merged_into_id IS NOT NULL
  OR (c.accepted_by_id IS NOT NULL AND c.accepted_by_id <> c.started_by_id)
  OR EXISTS (SELECT FROM conversations_conversation s WHERE c.id IN (s.split_from_id, s.merged_into_id))
  OR EXISTS (SELECT FROM conversations_conversationfollowing f WHERE f.conversation_id = c.id)
  OR EXISTS (
    SELECT FROM conversations_message m WHERE m.conversation_id = c.id AND (
      m.source_id IS DISTINCT FROM %(source)s OR m.thanks_count > 0 OR m.recording_id IS NOT NULL
      OR m.id NOT BETWEEN %(first_message)s AND %(last_message)s
      OR EXISTS (SELECT FROM conversations_messagerevision r WHERE r.message_id = m.id)
    )
  )
)
"""
# In the order in which rows name each other. Whole conversations first; then what the run added to ones from before.
_GOING = """
CREATE TEMPORARY TABLE going ON COMMIT DROP AS
SELECT m.id, m.conversation_id FROM conversations_message m
WHERE m.source_id = %(source)s AND m.id BETWEEN %(first_message)s AND %(last_message)s
  AND NOT m.conversation_id = ANY(%(kept)s)
  AND m.thanks_count = 0 AND NOT EXISTS (SELECT FROM conversations_messagerevision r WHERE r.message_id = m.id)
"""
_STEPS = (
    "UPDATE conversations_message m SET reply_to_id = NULL FROM going g WHERE m.reply_to_id = g.id",
    "UPDATE conversations_conversation c SET accepted_message_id = NULL, accepted_at = NULL, accepted_by_id = NULL"
    " FROM going g WHERE c.accepted_message_id = g.id",
    "DELETE FROM conversations_reaction r USING going g WHERE r.message_id = g.id",
    "DELETE FROM conversations_mention n USING going g WHERE n.message_id = g.id",
    "DELETE FROM conversations_messageattachment a USING going g WHERE a.message_id = g.id",
    "DELETE FROM conversations_message m USING going g WHERE m.id = g.id",
)


@dataclass(frozen=True, slots=True)
class Removed:
    """`kept`: conversations that stay because people have gone on with them."""

    conversation_ids: list[int]
    messages: int
    kept: int


@operation("conversations.remove_taken_in")
def remove_taken_in(
    *, actor: Actor, source_id: int, conversation_ids: tuple[int, int], message_ids: tuple[int, int]
) -> Removed:
    """By the ranges of ids that one run of this source has made, first and last, in the caller's transaction.

    The import that calls it records the statement. Raises `Denied` for anybody but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can undo an import.")
    bounds = {
        "source": source_id, "first": conversation_ids[0], "last": conversation_ids[1],
        "first_message": message_ids[0], "last_message": message_ids[1],
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TOUCHED, bounds)
        kept = [row[0] for row in cursor.fetchall()]
        cursor.execute("DROP TABLE IF EXISTS pg_temp.going")
        cursor.execute(_GOING, bounds | {"kept": kept})
        cursor.execute("ANALYZE going")
        cursor.execute("SELECT count(*) FROM going")
        (messages,) = cursor.fetchone() or (0,)
        cursor.execute(
            "SELECT a.media_file_id FROM conversations_messageattachment a JOIN going g ON g.id = a.message_id"
        )
        files = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "SELECT DISTINCT conversation_id FROM going WHERE NOT conversation_id BETWEEN %(first)s AND %(last)s",
            bounds,
        )
        lessened = [row[0] for row in cursor.fetchall()]
        for step in _STEPS:
            cursor.execute(step)
        cursor.execute(
            "DELETE FROM conversations_conversation WHERE source_id = %(source)s AND id BETWEEN %(first)s AND %(last)s"
            " AND NOT id = ANY(%(kept)s) RETURNING id",
            bounds | {"kept": kept},
        )
        gone = [row[0] for row in cursor.fetchall()]
        for file_id in files:
            delete_file(actor=actor, file_id=file_id)
        if lessened:
            recount(conversation_ids=lessened)
    return Removed(gone, messages, len(kept))
