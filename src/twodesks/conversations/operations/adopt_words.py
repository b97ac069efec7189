"""Give what was written under a name from elsewhere to the member who it was."""

from django.db import connection

from twodesks.kit.operation import operation

# One name may have reacted, or be named, where the member has too.
_STEPS = (
    "UPDATE conversations_conversation SET started_by_id = %(into)s WHERE started_by_id = %(old)s",
    "UPDATE conversations_conversation SET accepted_by_id = %(into)s WHERE accepted_by_id = %(old)s",
    "UPDATE conversations_message SET author_id = %(into)s WHERE author_id = %(old)s",
    "UPDATE conversations_message m SET body = replace(body, '](/people/' || %(old)s || '/)', '](/people/' || %(into)s"
    " || '/)') FROM conversations_mention n WHERE n.message_id = m.id AND n.member_id = %(old)s",
    "DELETE FROM conversations_mention a USING conversations_mention b WHERE a.message_id = b.message_id"
    " AND a.member_id = %(old)s AND b.member_id = %(into)s",
    "UPDATE conversations_mention SET member_id = %(into)s WHERE member_id = %(old)s",
    "DELETE FROM conversations_reaction a USING conversations_reaction b WHERE a.message_id = b.message_id"
    " AND a.emoji = b.emoji AND a.member_id = %(old)s AND b.member_id = %(into)s",
    "UPDATE conversations_reaction SET member_id = %(into)s WHERE member_id = %(old)s",
    "UPDATE conversations_messagethanks SET receiver_id = %(into)s WHERE receiver_id = %(old)s",
)


@operation("conversations.adopt_words")
def adopt_words(*, placeholder_id: int, member_id: int) -> None:
    """When a claim was confirmed, in its transaction: authorship, mentions and their links, reactions, thanks."""
    with connection.cursor() as cursor:
        for step in _STEPS:
            cursor.execute(step, {"old": placeholder_id, "into": member_id})
