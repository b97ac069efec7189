"""Say that one has the same question, or take it back."""

from django.db import transaction
from django.db.models import F

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import Conversation, ConversationFollowing, MeToo
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("conversations.say_me_too")
def say_me_too(*, actor: Actor, conversation_id: int, same: bool = True) -> Conversation:
    """Whoever says so hears of the answer. Raises `Invalid` for one's own question and for discussions."""
    member = actor.require_member()
    conversation = get_conversation(actor, conversation_id)
    if conversation.kind == Conversation.Kind.DISCUSSION:
        raise Invalid("This is a discussion. Join in with a message.")
    if policies.is_asker(actor, conversation):
        raise Invalid("It is your own question. You will hear of every answer.")
    with transaction.atomic():
        if same:
            _, changed = MeToo.objects.get_or_create(conversation=conversation, member_id=member)
            ConversationFollowing.objects.get_or_create(conversation=conversation, member_id=member)
        else:
            changed = bool(MeToo.objects.filter(conversation=conversation, member_id=member).delete()[0])
        if changed:
            Conversation.objects.filter(pk=conversation.pk).update(me_too_count=F("me_too_count") + (1 if same else -1))
            record_statement(
                actor=actor,
                verb="seconded" if same else "withdrew",
                object_type="conversation",
                object_id=conversation.pk,
                channel_id=conversation.channel_id,
            )
            publish(f"conversation:{conversation.pk}", "counts")
    conversation.refresh_from_db(fields=["me_too_count"])
    return conversation
