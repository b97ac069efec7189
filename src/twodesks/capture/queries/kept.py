"""What conversations became: which insight, what came after, and where an insight is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from twodesks.capture import policies
from twodesks.capture.models import ConversationInsight, PossibleUpdate
from twodesks.conversations.queries import visible_conversations, visible_messages
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation
    from twodesks.insights.models import Insight
    from twodesks.people.models import Member


@dataclass(frozen=True, slots=True)
class Went:
    """One insight that a conversation became. A draft shows to whoever writes it alone."""

    capture_id: int
    insight: "Insight"
    by: "Member"
    is_draft: bool
    model: str


@dataclass(frozen=True, slots=True)
class Updates:
    """New messages in a conversation that an insight of the actor came from, in their order.

    `leaves`: adding them lets others read what was said in a private channel; `may_add`: whether the actor may, and
    for what `leaves`, whether they may say so.
    """

    insight: "Insight"
    conversation: "Conversation"
    updates: Sequence[PossibleUpdate]
    leaves: bool
    may_add: bool


def where_it_went(actor: Actor, conversation_id: int) -> list[Went]:
    """The insights that a conversation became, as far as the actor sees them, oldest first."""
    rows = _seen(actor).filter(conversation_id=conversation_id, conversation__in=visible_conversations(actor))
    return [
        Went(row.pk, row.insight, row.captured_by, row.insight.published_at is None, row.model)
        for row in rows.order_by("captured_at")
    ]


def came_from(actor: Actor, insight_id: int) -> "list[Conversation]":
    """The conversations an insight came from, as far as the actor sees them."""
    rows = ConversationInsight.objects.filter(
        insight_id=insight_id, insight__in=visible_insights(actor), conversation__in=visible_conversations(actor)
    )
    return [row.conversation for row in rows.select_related("conversation__channel").order_by("captured_at")]


def get_capture(actor: Actor, capture_id: int) -> ConversationInsight:
    """Raises `NotFound`, also when the actor does not see the conversation."""
    found = (
        ConversationInsight.objects.select_related("conversation__channel", "insight", "captured_by")
        .filter(pk=capture_id, conversation__in=visible_conversations(actor))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def possible_updates(actor: Actor, *, limit: int = 5) -> list[Updates]:
    """What was said after the capture in conversations behind insights that the actor wrote or explained."""
    if actor.member_id is None:
        return []
    explains = Q(insight__credits__member_id=actor.member_id, insight__credits__role="explained")
    waiting = PossibleUpdate.objects.filter(link=OuterRef("pk"), settled_at=None, message__in=visible_messages(actor))
    links = (
        _seen(actor)
        .filter(Q(insight__author_id=actor.member_id) | explains, conversation__in=visible_conversations(actor))
        .filter(Exists(waiting))
        .distinct()
        .order_by("-captured_at")[:limit]
    )
    return [_updates(actor, link) for link in links]


def get_update(actor: Actor, update_id: int) -> PossibleUpdate:
    """Raises `NotFound`."""
    found = (
        PossibleUpdate.objects.select_related("link__insight", "message")
        .filter(pk=update_id, message__in=visible_messages(actor), link__insight__in=visible_insights(actor))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _updates(actor: Actor, link: ConversationInsight) -> Updates:
    source, target = link.conversation.channel, link.insight.channel_id
    return Updates(
        insight=link.insight,
        conversation=link.conversation,
        updates=list(_waiting(actor, link)),
        leaves=not policies.may_leave(actor, source, target, confirmed=False),
        may_add=bool(policies.may_leave(actor, source, target, confirmed=True)),
    )


def _waiting(actor: Actor, link: ConversationInsight) -> QuerySet[PossibleUpdate]:
    found = PossibleUpdate.objects.filter(link=link, settled_at=None, message__in=visible_messages(actor))
    return found.select_related("message__author").order_by("message__posted_at", "message_id")


def _seen(actor: Actor) -> QuerySet[ConversationInsight]:
    return ConversationInsight.objects.filter(
        insight__in=visible_insights(actor), insight__withdrawn_at=None
    ).select_related("insight", "captured_by", "conversation__channel")
