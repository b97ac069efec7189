"""Take back conversations that an import brought, and that nobody has gone on with."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from twodesks.conversations.operations.recount import recount
from twodesks.conversations.queries.taken_in import TakenInBefore
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.media.operations.delete_file import delete_file

# In the order in which rows name each other. Whole conversations first; then what the run added to ones from before.
_GOING = """
CREATE TEMPORARY TABLE going ON COMMIT DROP AS
SELECT m.id, m.conversation_id FROM conversations_message m
WHERE m.source_id = %(source)s AND m.id BETWEEN %(first_message)s AND %(last_message)s
  AND NOT m.conversation_id = ANY(%(kept)s)
  AND m.thanks_count = 0 AND NOT EXISTS (
    SELECT FROM conversations_messagerevision r WHERE r.message_id = m.id AND r.import_run_id IS NULL
  )
"""
_STEPS = (
    "UPDATE conversations_message m SET reply_to_id = NULL FROM going g WHERE m.reply_to_id = g.id",
    "UPDATE conversations_conversation c SET accepted_message_id = NULL, accepted_at = NULL, accepted_by_id = NULL"
    " FROM going g WHERE c.accepted_message_id = g.id",
    "DELETE FROM conversations_reaction r USING going g WHERE r.message_id = g.id",
    "DELETE FROM conversations_mention n USING going g WHERE n.message_id = g.id",
    "DELETE FROM conversations_messagerevision r USING going g WHERE r.message_id = g.id",
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
def remove_taken_in(*, actor: Actor, batch: TakenInBefore, kept: Sequence[int]) -> Removed:
    """What one run has made, but for what is in the conversations `kept`, in the caller's transaction.

    The import that calls it records statements: one before, so that those who hold rows of these let go.
    Raises `Denied` for anybody but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can undo an import.")
    bounds = {**batch.bounds(), "kept": list(kept)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.going")
        cursor.execute(_GOING, bounds)
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
            bounds,
        )
        gone = [row[0] for row in cursor.fetchall()]
        for file_id in files:
            delete_file(actor=actor, file_id=file_id)
        if lessened:
            recount(conversation_ids=lessened)
    return Removed(gone, messages, len(kept))
