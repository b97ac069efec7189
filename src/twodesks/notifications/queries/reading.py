"""A member's own notifications, as far as they still see what they are about."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from twodesks.conversations.queries.finding import visible_conversations
from twodesks.conversations.queries.hearing import followings_of
from twodesks.conversations.queries.lists import open_requests
from twodesks.courses.queries import visible_courses
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor
from twodesks.notifications.models import Notification
from twodesks.people.queries import members

MOST = 300
"""How many are looked at for one list; what is about one thing is drawn as one."""


def own_notifications(actor: Actor) -> QuerySet[Notification]:
    """Those about what the actor sees now."""
    return Notification.objects.filter(
        Q(conversation=None) | Q(conversation__in=visible_conversations(actor)),
        Q(insight=None) | Q(insight__in=visible_insights(actor)),
        Q(course=None) | Q(course__in=visible_courses(actor)),
        member_id=actor.member_id or 0,
    )


def is_read(member_id: int) -> Q:
    """Looked at here, or read in the conversation itself."""
    read = followings_of(member_id).filter(conversation=OuterRef("conversation"), seen_at__gte=OuterRef("made_at"))
    return Q(seen_at__isnull=False) | Q(Exists(read))


def listed_notifications(actor: Actor, *, only_new: bool = False) -> list[Notification]:
    """The newest, with all that is drawn of them and whether they are read (`is_read`), in one query."""
    read = is_read(actor.member_id or 0)
    found = own_notifications(actor).select_related(
        "actor", "statement", "message", "conversation__channel", "insight", "course"
    )
    if only_new:
        found = found.exclude(read)
    return list(found.annotate(is_read=read).order_by("-made_at", "-pk")[:MOST])


@dataclass(frozen=True, slots=True)
class News:
    """How many things there is news of, and how many questions wait for a member."""

    new: int = 0
    waiting: int = 0


def counted_beside(actor: Actor) -> dict[str, Coalesce]:
    """The two numbers of `News` as values that another query can read beside its own: `new` and `waiting`."""
    member = actor.member_id or 0
    new = own_notifications(actor).filter(seen_at=None).exclude(is_read(member)).order_by().values("member")
    waiting = open_requests(actor).order_by().values("member")
    return {
        "new": Coalesce(Subquery(new.annotate(n=Count("subject", distinct=True)).values("n")), 0),
        "waiting": Coalesce(Subquery(waiting.annotate(n=Count("pk")).values("n")), 0),
    }


def news_for(actor: Actor) -> News:
    """One query."""
    if actor.member_id is None:
        return News()
    beside = counted_beside(actor)
    counts = members(actor).filter(pk=actor.member_id).order_by().values_list(beside["new"], beside["waiting"])
    return News(*(counts.first() or (0, 0)))
