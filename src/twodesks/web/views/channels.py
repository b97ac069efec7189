"""The list of channels, and the page of one with what lives in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from twodesks.capture.queries import Offer, worth_list
from twodesks.channels.operations.mark_channel_seen import mark_channel_seen
from twodesks.channels.queries import ChannelRow, channel_row, channel_rows, may_change, members_of
from twodesks.conversations.queries import visible_conversations
from twodesks.conversations.queries.lists import SHOWS, listed_conversations
from twodesks.conversations.queries.lists import shown as narrow_down
from twodesks.conversations.queries.rows import conversation_rows
from twodesks.courses.queries import listed_courses, outlines
from twodesks.insights.queries.library import insight_rows, newest_rows
from twodesks.insights.queries.shelves import listed_insights
from twodesks.kit.actor import Actor
from twodesks.people.identity import member_actor, signed_in
from twodesks.recordings.pages import recordings_to_show, with_posters
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation
    from twodesks.courses.models import Course
    from twodesks.recordings.models import Recording

DAYS = 14
KINDS = ("everything", "conversations", "insights", "recordings", "courses", "people")
LATEST = 5
LATEST_RECORDINGS = 6
LATEST_COURSES = 3
A_PAGE = 24


def _bars(actor: Actor, channel_ids: list[int]) -> dict[int, list[int]]:
    """How much was asked, kept or recorded in each channel on each of the last 14 days, oldest first: three queries."""
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    bars = {channel_id: [0] * DAYS for channel_id in channel_ids}
    kept = listed_insights(actor).order_by().filter(published_at__date__gte=first)
    recorded = visible_recordings(actor).filter(created_at__date__gte=first, channel__isnull=False)
    asked = visible_conversations(actor).filter(started_at__date__gte=first)
    for things, field in ((asked, "started_at"), (kept, "published_at"), (recorded, "created_at")):
        counts = things.annotate(day=TruncDate(field)).values_list("channel_id", "day").annotate(n=Count("pk"))
        for channel_id, day, count in counts:
            if channel_id in bars and 0 <= (day - first).days < DAYS:
                bars[channel_id][(day - first).days] += count
    return bars


def _drawn(bars: list[int]) -> list[tuple[int, float, float]]:
    """x, y and height of each bar in a box of 82 by 20."""
    top = max(max(bars), 4)
    heights = [max(1.5, 20 * count / top) for count in bars]
    return [(6 * place, 20 - height, height) for place, height in enumerate(heights)]


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    wanted = request.GET.get("find", "").strip().casefold()
    show = request.GET.get("show", "all")
    rows = channel_rows(actor)
    tests: dict[str, Callable[[ChannelRow], bool]] = {
        "followed": lambda row: row.is_followed,
        "private": lambda row: row.channel.is_private,
        "unattended": lambda row: not row.stewards,
    }
    counts = {"all": len(rows)} | {name: sum(map(test, rows)) for name, test in tests.items()}
    found = [row for row in rows if (show not in tests or tests[show](row)) and _matches(row, wanted)]
    talk = dict(visible_conversations(actor).order_by().values_list("channel_id").annotate(n=Count("pk")))
    insights = dict(listed_insights(actor).order_by().values_list("channel_id").annotate(n=Count("pk")))
    bars = _bars(actor, [row.channel.pk for row in found])
    lines = [
        (
            row,
            (talk.get(row.channel.pk, 0), insights.get(row.channel.pk, 0)),
            sum(bars[row.channel.pk]),
            _drawn(bars[row.channel.pk]),
        )
        for row in found
    ]
    names = (("all", "All"), ("followed", "Followed"), ("private", "Private"), ("unattended", "Nobody looks after"))
    context = {
        "followed": [line for line in lines if line[0].is_followed],
        "others": [line for line in lines if not line[0].is_followed],
        "find": request.GET.get("find", ""),
        "filters": [(name, label, counts[name], name == show) for name, label in names],
    }
    return render(request, "web/channels.html", context)


def _matches(row: ChannelRow, wanted: str) -> bool:
    words = [row.channel.name, row.channel.purpose, *(steward.name for steward in row.stewards)]
    return not wanted or any(wanted in text.casefold() for text in words)


def _counts(actor: Actor) -> dict[str, Subquery]:
    """How much of everything lives in the channel of an outer query."""
    talk = visible_conversations(actor)
    things: dict[str, QuerySet[Any]] = {
        "conversations": talk,
        "insights": listed_insights(actor),
        "recordings": visible_recordings(actor),
        "courses": _courses(actor),
    }
    narrowed = {show: narrow_down(actor, talk, show) for show in SHOWS[1:]}
    return {name: _counted(found) for name, found in (things | narrowed).items()}


def _counted(things: QuerySet[Any]) -> Subquery:
    here = things.order_by().filter(channel=OuterRef("pk")).values("channel")
    return Subquery(here.annotate(n=Count("pk", distinct=True)).values("n"))


def _courses(actor: Actor) -> "QuerySet[Course]":
    return listed_courses(actor).filter(published_at__isnull=False)


@prepared
def _latest_talk(actor: Actor, channel_id: int) -> "QuerySet[Conversation]":
    return listed_conversations(actor).filter(channel_id=channel_id)[:LATEST]


@prepared
def _latest_recordings(actor: Actor, channel_id: int) -> "QuerySet[Recording]":
    return recordings_to_show(actor).filter(channel_id=channel_id)[:LATEST_RECORDINGS]


@prepared
def _latest_courses(actor: Actor, channel_id: int) -> "QuerySet[Course]":
    return _courses(actor).filter(channel_id=channel_id)[:LATEST_COURSES]


def _worth(actor: Actor, row: ChannelRow, show: str) -> list[Offer]:
    """A few of what is worth keeping beside everything else, all of it beside the conversations; for stewards."""
    shown = {"everything": 3, "conversations": 50}.get(show)
    if shown is None or not (actor.is_curator or may_change(actor, row.channel)):
        return []
    return worth_list(actor, row.channel.pk, limit=shown)


def _everything(actor: Actor, row: ChannelRow, zone: str) -> dict[str, object]:
    """A little of each kind."""
    channel_id = row.channel.pk
    return {
        "conversations": conversation_rows(_latest_talk(actor, channel_id=channel_id), zone, row.seen_at),
        "insights": newest_rows(actor, channel_id),
        "recordings": with_posters(_latest_recordings(actor, channel_id=channel_id)),
        "courses": outlines(actor, _latest_courses(actor, channel_id=channel_id), with_people=False),
    }


@dataclass(frozen=True, slots=True)
class _Asked:
    """`only`: which of the conversations; `page` as it stands in the address."""

    only: str
    page: str | None
    zone: str


def _one_kind(actor: Actor, row: ChannelRow, show: str, asked: _Asked) -> dict[str, object]:
    """All of one kind, in pages where there may be many."""
    found = row.channel
    if show == "people":
        return {"people": members_of(actor, found)}
    things: QuerySet[Any] = {
        "conversations": narrow_down(actor, listed_conversations(actor).filter(channel=found), asked.only),
        "insights": listed_insights(actor).filter(channel=found).prefetch_related(None),
        "recordings": recordings_to_show(actor).filter(channel=found),
        "courses": _courses(actor).filter(channel=found),
    }[show]
    listed = Paginator(things, A_PAGE).get_page(asked.page)
    rows: dict[str, Callable[[], object]] = {
        "conversations": lambda: conversation_rows(listed, asked.zone, row.seen_at),
        "insights": lambda: insight_rows(actor, listed.object_list),
        "recordings": lambda: with_posters(listed),
        "courses": lambda: outlines(actor, list(listed), with_people=False),
    }
    return {"listed": listed, ("conversations" if show == "conversations" else f"listed_{show}"): rows[show]()}


@require_GET
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    show = request.GET.get("show", "everything")
    if show not in KINDS:
        show = "everything"
    only = request.GET.get("only", "all")
    row = channel_row(actor, slug, _counts)
    found, counts = row.channel, row.counts
    labels = ("Conversations", "Insights", "Recordings", "Courses", "People")
    context = {
        "channel": found,
        "row": row,
        "show": show,
        "tabs": [
            ("everything", "Everything", None),
            *((kind, label, counts.get(kind, row.followers)) for kind, label in zip(KINDS[1:], labels, strict=True)),
        ],
        "chips": [
            (name, label, counts.get(name, ""), name == only)
            for name, label in zip(SHOWS, ("All", "Open", "Show me", "Mine"), strict=True)
        ],
        "worth": _worth(actor, row, show),
        "may_change": may_change(actor, found),
        "conversation_count": counts["conversations"],
        "insight_count": counts["insights"],
        "recording_count": counts["recordings"],
    }
    zone = signed_in(request).time_zone
    if show == "everything":
        context |= _everything(actor, row, zone)
    else:
        context |= _one_kind(actor, row, show, _Asked(only, request.GET.get("page"), zone))
    response = render(request, "web/channel.html", context)
    mark_channel_seen(actor=actor, channel_id=found.pk)
    return response
