"""Take a conversation off the list of those worth keeping."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture import policies
from twodesks.capture.models import ConversationWorth
from twodesks.capture.operations.learn_answer import learn_answer
from twodesks.conversations.queries import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("capture.dismiss_worth")
def dismiss_worth(*, actor: Actor, conversation_id: int) -> ConversationWorth:
    """For those who look after the channel. It is remembered and learnt; the conversation itself stays as it is."""
    conversation = get_conversation(actor, conversation_id)
    policies.may_list(actor, conversation.channel).require()
    worth = ConversationWorth.objects.filter(conversation=conversation).first()
    if worth is None:
        raise NotFound
    if worth.dismissed_at is not None:
        return worth
    with transaction.atomic():
        worth.dismissed_at, worth.dismissed_by_id = timezone.now(), actor.require_member()
        worth.save(update_fields=["dismissed_at", "dismissed_by"])
        learn_answer(actor=actor, conversation_id=conversation_id, keep=False)
        record_statement(
            actor=actor,
            verb="put-aside",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
        )
    return worth
