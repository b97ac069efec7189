"""Make a draft insight of a conversation, or of messages chosen in it."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.capture import policies
from twodesks.capture.engine.citing import body_of
from twodesks.capture.models import ConversationInsight
from twodesks.capture.operations.learn_answer import learn_answer
from twodesks.capture.queries.reading import Heard, hear
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.language.drafting import Draft, draft_insight
from twodesks.language.rewrite_settings import RewriteSettings


@operation("capture.capture_conversation")
def capture_conversation(
    *,
    actor: Actor,
    conversation_id: int,
    message_ids: Sequence[int] | None = None,
    channel_id: int | None = None,
    confirmed: bool = False,
    may_rewrite: bool = True,
) -> ConversationInsight:
    """A draft that the actor alone sees: question, explanation, code, files and clips, each block with its message.

    `message_ids` None takes all. `channel_id` None keeps it where it was said. From a private channel into another
    one: `Denied` unless the actor looks after the private one and says so (`confirmed`). Credits name who asked (never
    a hidden asker), who explained and who said that it helped. Where a language model is set up and `may_rewrite`, it
    helps with the wording later, unless the writer was quicker. Raises `NotFound`, `Invalid` without messages.
    """
    actor.require_member()
    heard = hear(actor, conversation_id)
    target = heard.conversation.channel_id if channel_id is None else channel_id
    may_post(actor, get_channel(actor, target)).require()
    policies.may_leave(actor, heard.conversation.channel, target, confirmed=confirmed).require()
    draft, chosen = draft_of(heard, message_ids)
    with transaction.atomic():
        written = start_insight(
            actor=actor,
            title=draft.title,
            body=body_of(draft.blocks, heard.labels),
            topics=[topic[:60] for topic in draft.topics],
            channel_id=target,
            credits=credits_of(draft),
            conversation_id=conversation_id,
        )
        link = add_link(actor, heard, written.insight_id, chosen, draft, is_allowed=confirmed)
        learn_answer(actor=actor, conversation_id=conversation_id, keep=True)
        record_statement(
            actor=actor,
            verb="captured",
            object_type="conversation",
            object_id=conversation_id,
            channel_id=heard.conversation.channel_id,
            context={"insight_id": written.insight_id, "messages": len(chosen)},
        )
        if may_rewrite and RewriteSettings.are_named():
            defer_job("capture.rewrite", capture_id=link.pk)
    return link


def draft_of(heard: Heard, message_ids: Sequence[int] | None) -> tuple[Draft, list[int]]:
    """The draft of the chosen messages, and which those are. Raises `Invalid` when none of them is there."""
    said = heard.said(message_ids)
    if not said:
        raise Invalid("Choose at least one message. Those that were removed cannot be kept.", field="messages")
    is_whole = message_ids is None or said[0].id == heard.messages[0].pk
    return draft_insight(said, title=heard.conversation.title if is_whole else ""), [one.id for one in said]


def credits_of(draft: Draft) -> list[tuple[int, str]]:
    """(member id, role) each, one a person and role. Who must not be named is not among them."""
    named = draft.credits
    roles = [
        *((key, "explained") for key in named.explained),
        *((key, "asked") for key in ([named.asked] if named.asked else [])),
        *((key, "reviewed") for key in named.confirmed),
    ]
    return list(dict.fromkeys((int(key), role) for key, role in roles if key))


def add_link(
    actor: Actor, heard: Heard, insight_id: int, chosen: Sequence[int], draft: Draft, *, is_allowed: bool
) -> ConversationInsight:
    """The row, or the one that is there with more messages: what it had heard by then stays what it was.

    Whoever lets words out of a private channel lets these out: more of them, unless they are allowed too, take the
    permission back.
    """
    blocks = [{"block": place, "message_ids": list(block.message_ids)} for place, block in enumerate(draft.blocks)]
    link, is_new = ConversationInsight.objects.get_or_create(
        conversation=heard.conversation,
        insight_id=insight_id,
        defaults={
            "message_ids": list(chosen),
            "blocks": blocks,
            "heard_to": max(message.pk for message in heard.messages),
            "captured_by_id": actor.require_member(),
        },
    )
    if not is_new:
        known = set(link.message_ids)
        more = [one for one in dict.fromkeys(chosen) if one not in known]
        link.message_ids = [*link.message_ids, *more]
        if more and not is_allowed:
            # What a steward let out were other words than these.
            link.allowed_at = link.allowed_by = None
    if is_allowed and link.allowed_at is None and heard.conversation.channel.is_private:
        link.allowed_at, link.allowed_by_id = timezone.now(), actor.require_member()
    link.save()
    return link
