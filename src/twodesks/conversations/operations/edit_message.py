"""Change the words of a message; the older ones stay readable."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import members_who_see
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_body, link_mentions, names_of
from twodesks.conversations.models import Message, MessageRevision
from twodesks.conversations.operations.post_message import note_mentions
from twodesks.conversations.queries.finding import get_message
from twodesks.conversations.queries.hearing import mentioned_in
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("conversations.edit_message")
def edit_message(*, actor: Actor, message_id: int, body: str) -> Message:
    """Those it names only now are told of it.

    Raises `Denied` for another's message, `Invalid` when nothing would be left of it.
    """
    found = get_message(actor, message_id)
    policies.may_edit(actor, found).require()
    body = clean_body(body)
    who_sees = members_who_see(found.conversation.channel_id) if "@" in body else []
    body = link_mentions(body, names_of(who_sees))
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=message_id)
        if not body and message.recording_id is None and not message.attachments.exists():
            raise Invalid("Nothing would be left. To take it away, remove the message.", field="body")
        if body == message.body:
            return message
        MessageRevision.objects.create(
            message=message, body=message.body, written_at=message.edited_at or message.posted_at
        )
        message.body, message.edited_at = body, timezone.now()
        message.save(update_fields=["body", "edited_at"])
        before = mentioned_in(message.pk)
        named = note_mentions(message, {member_id for member_id, _ in who_sees})
        record_statement(
            actor=policies.as_peers_see(actor, message.conversation),
            verb="edited",
            object_type="conversation",
            object_id=message.conversation_id,
            channel_id=message.conversation.channel_id,
            context={"message_id": message.pk, "mentioned_ids": [one for one in named if one not in before]},
        )
        publish(f"conversation:{message.conversation_id}", "edited", id=message.pk)
    return message
