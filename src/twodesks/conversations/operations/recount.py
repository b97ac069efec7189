"""Count again what conversations keep of their messages."""

from collections.abc import Sequence

from django.db import connection

from twodesks.kit.operation import operation

_RECOUNT = """
UPDATE conversations_conversation AS c SET
  message_count = s.messages, answer_count = s.answers, last_message_at = COALESCE(s.latest, c.last_message_at),
  me_too_count = (SELECT count(*) FROM conversations_metoo t WHERE t.conversation_id = c.id)
FROM (
  SELECT c2.id, count(m.id) AS messages, max(m.posted_at) AS latest,
    count(m.id) FILTER (WHERE m.author_id IS NOT NULL AND m.author_id IS DISTINCT FROM c2.started_by_id
                        AND m.removed_at IS NULL) AS answers
  FROM conversations_conversation c2 LEFT JOIN conversations_message m ON m.conversation_id = c2.id
  WHERE c2.id = ANY(%s) GROUP BY c2.id
) AS s WHERE s.id = c.id
"""


@operation("conversations.recount")
def recount(*, conversation_ids: Sequence[int]) -> None:
    """After messages moved between conversations, or many came at once. Tells nobody anything new."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [list(conversation_ids)])
