"""What is worth keeping: for whoever explained it, in one conversation, and in a channel for its stewards."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from twodesks.capture import policies
from twodesks.capture.models import (
    ChannelLeaning,
    ConversationInsight,
    ConversationWorth,
    GrownConversation,
    ImportWalk,
    KeepOffer,
    Showing,
)
from twodesks.channels.queries import get_channel, may_change, may_post
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

    `includes`: (icon, words) of what the draft holds; `reasons` in words, the strongest first. `stays`: it can be kept
    where it was said; an archived channel takes nothing new, so another one must be chosen.
    """

    conversation: "Conversation"
    title: str
    includes: tuple[tuple[str, str], ...]
    credited: tuple["Member", ...]
    reasons: tuple[str, ...]
    score: float
    stays: bool
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


def leanings_of(channel_ids: Collection[int]) -> dict[int, Leaning]:
    """By channel; one that has answered nothing is not there."""
    rows = ChannelLeaning.objects.filter(channel_id__in=channel_ids)
    return {row.channel_id: Leaning(shifts=row.shifts, answers=row.answers) for row in rows}


def times_shown(conversation_ids: Collection[int]) -> dict[int, int]:
    """How often others were led to each; one that was never shown is not there."""
    found = Showing.objects.filter(conversation_id__in=conversation_ids).values("conversation_id")
    return dict(found.annotate(count=Count("pk")).values_list("conversation_id", "count"))


@dataclass(frozen=True, slots=True)
class WalkPart:
    """What the walk over an import comes by next. `walk` None: these are from before it, and grew by it."""

    walk: ImportWalk | None
    conversation_ids: Sequence[int]
    is_last: bool


def next_to_judge(actor: Actor, *, messages: int) -> WalkPart | None:
    """Of imports that have ended; None when all are judged. About `messages` of them, so that memory stays small.

    First what grew, which is little; then what came in, in the order of numbers. A lone message is no talk yet.
    """
    grown = GrownConversation.objects.filter(run__ended_at__isnull=False, run__undo_at=None).order_by("pk")
    if ids := list(grown.values_list("pk", flat=True)[: messages // 20]):
        return WalkPart(None, ids, is_last=False)
    walk = ImportWalk.objects.select_related("run").filter(run__undo_at=None).order_by("pk").first()
    if walk is None:
        return None
    run = walk.run
    found = visible_conversations(actor).filter(
        source_id=run.source_id, message_count__gt=1, pk__gt=walk.last_conversation_id,
        pk__range=(run.first_conversation_id or 0, run.last_conversation_id or 0),
    )  # fmt: skip
    counted = list(found.order_by("pk").values_list("pk", "message_count")[: messages // 2])
    before = accumulate((count for _, count in counted), initial=0)
    ids = [pk for (pk, _), heard in zip(counted, before, strict=False) if heard < messages]
    return WalkPart(walk, ids, is_last=len(ids) == len(counted) < messages // 2)


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
        stays=bool(may_post(actor, row.conversation.channel)),
        offer_id=own.pk if own is not None else None,
        made_at=own.made_at if own is not None else row.judged_at,
    )
