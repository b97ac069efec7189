"""Put a question to somebody in particular."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import AskedMember
from twodesks.conversations.operations.start_conversation import check_asked
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.ask_member")
def ask_member(*, actor: Actor, conversation_id: int, member_id: int) -> AskedMember:
    """It waits on their Home until they answer or pass it on. Asking the same one again changes nothing.

    Raises `Invalid` for somebody who may not see it, and for oneself.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_post(actor, conversation).require()
    check_asked(actor, member_id, conversation.channel_id)
    with transaction.atomic():
        asked, is_new = AskedMember.objects.get_or_create(conversation=conversation, member_id=member_id)
        if is_new:
            record_statement(
                actor=policies.as_peers_see(actor, conversation),
                verb="routed",
                object_type="conversation",
                object_id=conversation.pk,
                channel_id=conversation.channel_id,
                context={"asked_member_id": member_id},
            )
    return asked
