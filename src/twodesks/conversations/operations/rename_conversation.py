"""Give a conversation another title, kind or topics."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_title
from twodesks.conversations.models import Conversation
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.kit.words import clean_line

TOPICS = 8


@operation("conversations.rename_conversation")
def rename_conversation(
    *, actor: Actor, conversation_id: int, title: str, kind: str | None = None, topics: Sequence[str] | None = None
) -> Conversation:
    """What is None stays. An answered question that becomes a discussion has no accepted answer any more."""
    conversation = get_conversation(actor, conversation_id)
    policies.may_arrange(actor, conversation).require()
    title = clean_title(title)
    if kind is not None and kind not in Conversation.Kind.values:
        raise Invalid("It is a question, a discussion, or a request to be shown something.", field="kind")
    kept = {clean_line(topic, most=60, field="topics") for topic in topics or ()} - {""}
    if len(kept) > TOPICS:
        raise Invalid(f"Choose up to {TOPICS} topics: the ones somebody would look for.", field="topics")
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
        before = conversation.title
        conversation.title = title
        conversation.kind = kind or conversation.kind
        conversation.topics = sorted(kept) if topics is not None else conversation.topics
        if conversation.kind == Conversation.Kind.DISCUSSION:
            conversation.forget_acceptance()
        conversation.save()
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="renamed",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"before": before},
        )
        publish(f"conversation:{conversation.pk}", "arranged")
    return conversation
