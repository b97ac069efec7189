"""Move a conversation to another channel."""

from django.db import transaction

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.conversations import policies
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.settle_in import settle_in
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.move_conversation")
def move_conversation(*, actor: Actor, conversation_id: int, channel_id: int, confirmed: bool = False) -> Conversation:
    """Its recordings go with it. Those who cannot see the new channel hear of it no more.

    Out of a private channel into an open one, what was said among few is read by all: raises `Denied` unless
    `confirmed` by somebody who looks after the private channel.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_arrange(actor, conversation).require()
    target = get_channel(actor, channel_id)
    may_post(actor, target).require()
    policies.may_widen(actor, conversation.channel, target, confirmed=confirmed).require()
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
        before = conversation.channel_id
        if before == channel_id:
            return conversation
        conversation.channel_id = channel_id
        conversation.save(update_fields=["channel"])
        heard = list(conversation.messages.exclude(recording=None).values_list("recording_id", flat=True))
        settle_in(actor=actor, conversation=conversation, recording_ids=heard, before_channel_id=before)
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="moved",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=channel_id,
            context={"before_channel_id": before},
        )
        publish(f"conversation:{conversation.pk}", "arranged")
        publish(f"channel:{channel_id}", "conversation", id=conversation.pk)
    return conversation
