"""Put a question to somebody in particular."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import AskedMember
from twodesks.conversations.operations.start_conversation import check_asked
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.ask_member")
def ask_member(*, actor: Actor, conversation_id: int, member_id: int) -> AskedMember:
    """It waits on their Home until they answer or pass it on. Asking one again for whom it waits changes nothing.

    Raises `Invalid` for somebody who may not see it, and for oneself.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_post(actor, conversation).require()
    check_asked(actor, member_id, conversation.channel_id)
    with transaction.atomic():
        known = AskedMember.objects.select_for_update()
        asked, is_news = known.get_or_create(conversation=conversation, member_id=member_id)
        if asked.answered_at is not None or asked.passed_on_at is not None:
            # It comes back to somebody who passed it on, or who answered and is asked once more.
            asked.asked_at, asked.answered_at, asked.passed_on_at = timezone.now(), None, None
            asked.save(update_fields=["asked_at", "answered_at", "passed_on_at"])
            is_news = True
        if is_news:
            record_statement(
                actor=policies.as_peers_see(actor, conversation),
                verb="routed",
                object_type="conversation",
                object_id=conversation.pk,
                channel_id=conversation.channel_id,
                context={"asked_member_id": member_id},
            )
    return asked
