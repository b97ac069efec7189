"""Keep a conversation as an insight at once: draft and publish in one."""

from django.db import transaction

from twodesks.capture.models import ConversationInsight
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.conversations.queries import get_conversation
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.queries import get_insight
from twodesks.insights.queries.writing import get_draft
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict


@operation("capture.keep_conversation")
def keep_conversation(*, actor: Actor, conversation_id: int) -> ConversationInsight:
    """It stays in the channel where it was said. Raises `NotFound`, `Conflict` when it is kept already."""
    get_conversation(actor, conversation_id)
    kept = ConversationInsight.objects.filter(
        conversation_id=conversation_id, insight__published_at__isnull=False, insight__withdrawn_at=None
    )
    if kept.exists():
        raise Conflict("Somebody kept this already. It is named at the end of the conversation.")
    with transaction.atomic():
        link = capture_conversation(actor=actor, conversation_id=conversation_id, may_rewrite=False)
        insight = get_insight(actor, link.insight_id)
        draft = get_draft(actor, insight)
        if draft is not None:
            publish_insight(
                actor=actor,
                insight_id=insight.pk,
                title=draft.title,
                body=draft.body,
                topics=draft.topics,
                channel_id=link.conversation.channel_id,
                note="Kept from a conversation.",
            )
    return link
