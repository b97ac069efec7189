"""Say that somebody else should answer."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations.models import AskedMember
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("conversations.pass_on")
def pass_on(*, actor: Actor, conversation_id: int, to_member_id: int | None = None) -> None:
    """To `to_member_id`, or to the channel, which hears of it at once.

    Raises `Invalid` where it does not wait for the actor.
    """
    member = actor.require_member()
    conversation = get_conversation(actor, conversation_id)
    with transaction.atomic():
        asked = AskedMember.objects.select_for_update().filter(conversation=conversation, member_id=member).first()
        if asked is None:
            raise Invalid("You were not asked in particular, so there is nothing to pass on.")
        if asked.passed_on_at is not None:
            raise Invalid("You have passed it on already, so there is nothing left to do.")
        now = timezone.now()
        asked.passed_on_at, asked.opened_to_channel_at = now, now
        asked.save(update_fields=["passed_on_at", "opened_to_channel_at"])
        if to_member_id is not None:
            ask_member(actor=actor, conversation_id=conversation.pk, member_id=to_member_id)
        record_statement(
            actor=actor,
            verb="passed-on",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"asked_member_id": to_member_id},
        )
