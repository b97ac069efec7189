"""What is worth keeping: for whoever explained it, in one conversation, and in a channel for its stewards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from twodesks.capture import policies
from twodesks.capture.models import CatchUp, ChannelLeaning, ConversationInsight, ConversationWorth, KeepOffer
from twodesks.channels.queries import get_channel, may_change
from twodesks.conversations.queries import visible_conversations
from twodesks.kit.actor import Actor
from twodesks.language.worth import Leaning, offer_from
from twodesks.people.queries import members

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation
    from twodesks.people.models import Member

SETTLES_AFTER = timedelta(minutes=30)
LATER = timedelta(days=7)
# What stewards see begins lower than what is offered: they came to look.
LIST_FROM = 0.4


@dataclass(frozen=True, slots=True)
class Offer:
    """What keeping a conversation would make. `offer_id` None: it was offered to nobody, the reader looks after it.

    `includes`: (icon, words) of what the draft holds; `reasons` in words, the strongest first.
    """

    conversation: "Conversation"
    title: str
    includes: tuple[tuple[str, str], ...]
    credited: tuple["Member", ...]
    reasons: tuple[str, ...]
    score: float
    offer_id: int | None
    made_at: datetime


def offers_for(actor: Actor, *, limit: int = 3) -> list[Offer]:
    """What the actor explained and has not said yes or no to, the strongest first. Home's "Worth keeping".

    One query; `credited` stays empty, since Home has no room for it.
    """
    if actor.member_id is None:
        return []
    waiting = Q(answered_at=None) | Q(answer=KeepOffer.Answer.LATER, answered_at__lt=timezone.now() - LATER)
    rows = _open(actor).filter(conversation__in=_offered(actor.member_id, waiting).values("conversation"))
    return [_offer(actor, row, {}) for row in rows[:limit]]


def offer_on(actor: Actor, conversation_id: int) -> Offer | None:
    """The offer that the page of a conversation shows: to who explained it, and to those who look after the channel.

    None when there is nothing to offer, when it was answered, when it was kept, or when the actor does not see it. One
    query where there is nothing.
    """
    row = _open(actor).filter(conversation_id=conversation_id).first()
    if row is None:
        return None
    offer = getattr(row.conversation, "keep_offer", None)
    is_own = offer is not None and offer.member_id == actor.member_id
    if is_own and offer is not None and offer.answer == KeepOffer.Answer.NO:
        return None
    shown = is_own or (row.score >= offer_from() and may_change(actor, row.conversation.channel))
    return _offers(actor, [row])[0] if shown else None


def worth_list(actor: Actor, channel_id: int, *, limit: int = 50) -> list[Offer]:
    """All that is worth keeping in a channel, with the reasons. Empty for others than stewards and curators."""
    channel = get_channel(actor, channel_id)
    if not policies.may_list(actor, channel):
        return []
    rows = _open(actor).filter(conversation__channel=channel, score__gte=LIST_FROM)
    return _offers(actor, rows[:limit])


def get_offer(actor: Actor, offer_id: int) -> KeepOffer | None:
    """The actor's own offer."""
    return (
        KeepOffer.objects.select_related("conversation__channel")
        .filter(pk=offer_id, member_id=actor.member_id or 0, conversation__in=visible_conversations(actor))
        .first()
    )


def leaning_of(channel_id: int) -> Leaning:
    row = ChannelLeaning.objects.filter(channel_id=channel_id).first()
    return Leaning(shifts=row.shifts, answers=row.answers) if row is not None else Leaning()


def not_yet_walked(actor: Actor, *, limit: int = 500) -> list[int]:
    """The next conversations that the walk over imported ones has not come by, in order; lone messages are no talk."""
    mark = CatchUp.objects.values_list("last_conversation_id", flat=True).first() or 0
    found = visible_conversations(actor).filter(pk__gt=mark, message_count__gt=1).order_by("pk")
    return list(found.values_list("pk", flat=True)[:limit])


def settles_in(conversation: "Conversation") -> timedelta:
    """How long until a conversation counts as at rest; nothing when an answer was accepted."""
    if conversation.accepted_at is not None:
        return timedelta()
    return max(timedelta(), conversation.last_message_at + SETTLES_AFTER - timezone.now())


def _offered(member_id: int, condition: Q) -> QuerySet[KeepOffer]:
    return KeepOffer.objects.filter(condition, member_id=member_id)


def _open(actor: Actor) -> QuerySet[ConversationWorth]:
    """Judged, seen by the actor, neither kept nor put aside; the strongest first."""
    kept = ConversationInsight.objects.filter(conversation=OuterRef("conversation"), insight__withdrawn_at=None)
    return (
        ConversationWorth.objects.filter(
            ~Exists(kept), dismissed_at=None, conversation__in=visible_conversations(actor)
        )
        .select_related("conversation__channel", "conversation__keep_offer")
        .order_by("-score", "-conversation_id")
    )


def _offers(actor: Actor, rows: Iterable[ConversationWorth]) -> list[Offer]:
    rows = list(rows)
    wanted = {one for row in rows for one in row.preview.get("credited", ())}
    people = members(actor).in_bulk(wanted) if wanted else {}
    return [_offer(actor, row, people) for row in rows]


def _offer(actor: Actor, row: ConversationWorth, people: "dict[int, Member]") -> Offer:
    made = getattr(row.conversation, "keep_offer", None)
    own = made if made is not None and made.member_id == actor.member_id else None
    return Offer(
        conversation=row.conversation,
        title=row.preview.get("title") or row.conversation.title,
        includes=tuple((icon, words) for icon, words in row.preview.get("includes", ())),
        credited=tuple(people[one] for one in row.preview.get("credited", ()) if one in people),
        reasons=tuple(row.reasons),
        score=row.score,
        offer_id=own.pk if own is not None else None,
        made_at=own.made_at if own is not None else row.judged_at,
    )
