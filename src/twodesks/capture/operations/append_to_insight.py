"""Add what was said in a conversation to an insight that is there already."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture import policies
from twodesks.capture.engine.citing import body_of
from twodesks.capture.models import ConversationInsight, PossibleUpdate
from twodesks.capture.operations.capture_conversation import add_link, credits_of, draft_of
from twodesks.capture.queries.reading import hear
from twodesks.insights.operations.credit_member import credit_member
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("capture.append_to_insight")
def append_to_insight(
    *,
    actor: Actor,
    conversation_id: int,
    insight_id: int,
    message_ids: Sequence[int] | None = None,
    confirmed: bool = False,
) -> ConversationInsight:
    """One revision more, with the new blocks at its end and who explained them credited.

    What is there already stays as it is. Rules of leaving a private channel as for capturing. Raises `Invalid` for an
    insight that is still a draft.
    """
    heard = hear(actor, conversation_id)
    insight = get_insight(actor, insight_id)
    if insight.published_at is None or insight.current_revision is None:
        raise Invalid("That insight is still a draft. Keep it first, then add to it.", field="insight")
    policies.may_leave(actor, heard.conversation.channel, insight.channel_id, confirmed=confirmed).require()
    draft, chosen = draft_of(heard, message_ids)
    with transaction.atomic():
        revise_insight(
            actor=actor,
            insight_id=insight.pk,
            base=insight.current_revision.number,
            title=insight.title,
            body=f"{insight.body}\n\n{body_of(draft.blocks, heard.labels)}",
            note="Added from a conversation.",
        )
        for member_id, role in credits_of(draft):
            if role == "explained":
                credit_member(actor=actor, insight_id=insight.pk, member_id=member_id, role=role)
        link = add_link(actor, heard, insight.pk, chosen, draft, is_allowed=confirmed)
        PossibleUpdate.objects.filter(link=link, message_id__in=chosen, settled_at=None).update(
            outcome=PossibleUpdate.Outcome.ADDED, settled_at=timezone.now(), settled_by_id=actor.require_member()
        )
        record_statement(
            actor=actor,
            verb="captured",
            object_type="conversation",
            object_id=conversation_id,
            channel_id=heard.conversation.channel_id,
            context={"insight_id": insight.pk, "messages": len(chosen)},
        )
    return link
