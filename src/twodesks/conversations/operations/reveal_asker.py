"""Look up who asked anonymously, to trace abuse."""

from typing import TYPE_CHECKING

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_remark
from twodesks.conversations.models import AskerReveal, HiddenAsker
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid

if TYPE_CHECKING:
    from twodesks.people.models import Member

LEAST_REASON = 10


@operation("conversations.reveal_asker")
def reveal_asker(*, actor: Actor, conversation_id: int, reason: str) -> "Member":
    """The member who asked. Who looked, when and why is kept for good, and the asker can see it.

    Raises `Denied` for all but administrators, `Invalid` without a reason.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_reveal(actor).require()
    reason = clean_remark(reason, field="reason")
    if len(reason) < LEAST_REASON:
        raise Invalid("Say why in a sentence. It is kept, and whoever asked can read it.", field="reason")
    hidden = HiddenAsker.objects.select_related("member").filter(conversation=conversation).first()
    if hidden is None:
        raise Invalid("This was asked with a name, which stands under the title.")
    with transaction.atomic():
        AskerReveal.objects.create(conversation=conversation, revealed_to_id=actor.require_member(), reason=reason)
        record_statement(
            actor=actor,
            verb="revealed",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            result={"reason": reason},
        )
    return hidden.member
