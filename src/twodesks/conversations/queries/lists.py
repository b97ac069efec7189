"""Lists of conversations: of a channel, waiting for somebody, of one's own."""

from collections.abc import Collection

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from twodesks.conversations.models import (
    AskedMember,
    Conversation,
    ConversationFollowing,
    HiddenAsker,
    MessageThanks,
)
from twodesks.conversations.queries.finding import visible_conversations
from twodesks.kit.actor import Actor
from twodesks.rows.prepared import prepared

MOST = 20
SHOWS = ("all", "open", "walkthroughs", "mine")


def listed_conversations(actor: Actor, channel_ids: Collection[int] | None = None) -> QuerySet[Conversation]:
    """Newest first, with who began it, who was accepted, `asked_names` of those it waits for, and `seen_at`,
    `is_followed` of the actor."""
    waits_for = AskedMember.objects.filter(conversation=OuterRef("pk"), answered_at=None, passed_on_at=None)
    own = ConversationFollowing.objects.filter(conversation=OuterRef("pk"), member_id=actor.member_id or 0)
    found = visible_conversations(actor)
    if channel_ids is not None:
        found = found.filter(channel_id__in=channel_ids)
    return (
        found.select_related("channel", "started_by", "accepted_message__author", "accepted_message__recording")
        .annotate(
            seen_at=Subquery(own.values("seen_at")[:1]),
            is_followed=Exists(own.filter(muted_at=None)),
            asked_names=ArraySubquery(waits_for.order_by("asked_at").values("member__name")[:3]),
        )
        .order_by("-last_message_at", "-pk")
    )


def shown(actor: Actor, conversations: QuerySet[Conversation], show: str) -> QuerySet[Conversation]:
    """Those of a list that `show` (one of `SHOWS`) asks for."""
    if show == "open":
        return conversations.filter(kind=Conversation.Kind.QUESTION, accepted_message=None)
    if show == "walkthroughs":
        return conversations.filter(kind=Conversation.Kind.WALKTHROUGH)
    if show == "mine":
        return conversations.filter(_began(actor))
    return conversations


def _began(actor: Actor) -> Q:
    hidden = HiddenAsker.objects.filter(conversation=OuterRef("pk"), member_id=actor.member_id or 0)
    return Q(started_by_id=actor.member_id or 0) | Q(Exists(hidden))


def waiting_for(actor: Actor, *, limit: int = 6) -> list[AskedMember]:
    """Questions put to the actor that they have neither answered nor passed on, oldest first; at most 20."""
    return _waiting(actor)[:limit]


def open_requests(actor: Actor) -> QuerySet[AskedMember]:
    """All of those, to be counted."""
    return AskedMember.objects.filter(
        member_id=actor.member_id or 0,
        answered_at=None,
        passed_on_at=None,
        conversation__in=visible_conversations(actor).filter(accepted_message=None),
    )


@prepared
def _waiting(actor: Actor) -> QuerySet[AskedMember]:
    return (
        open_requests(actor)
        .select_related("conversation__channel", "conversation__started_by")
        .order_by("asked_at")[:MOST]
    )


def thanks_for_messages(actor: Actor, member_id: int, *, limit: int = 6) -> list[MessageThanks]:
    """Thanks that a member received for messages that the actor sees; at most 20."""
    return _thanks(actor, receiver_id=member_id)[:limit]


@prepared
def _thanks(actor: Actor, receiver_id: int) -> QuerySet[MessageThanks]:
    return (
        MessageThanks.objects.filter(receiver_id=receiver_id, message__conversation__in=visible_conversations(actor))
        .select_related("giver", "message__conversation")
        .order_by("-given_at")[:MOST]
    )
