"""The list of channels, and the page of one with what lives in it."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
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
from twodesks.conversations.queries.rows import ConversationRow, conversation_rows
from twodesks.courses.queries import listed_courses, outlines
from twodesks.insights.queries.library import InsightRow, insight_rows, newest_rows
from twodesks.insights.queries.shelves import listed_insights
from twodesks.kit.actor import Actor
from twodesks.people.identity import member_actor, signed_in
from twodesks.recordings.pages import with_posters
from twodesks.recordings.queries import visible_recordings

DAYS = 14
KINDS = ("everything", "conversations", "insights", "recordings", "courses", "people")
LATEST = 5
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


def _counted(things: QuerySet[Any]) -> Subquery:
    """How many of them live in the channel of an outer query."""
    here = things.order_by().filter(channel=OuterRef("pk")).values("channel")
    return Subquery(here.annotate(n=Count("pk", distinct=True)).values("n"))


def _rows(actor: Actor, insights: QuerySet[Any], page: Page[Any]) -> list[InsightRow]:
    """The rows of one page of `insights`."""
    return insight_rows(actor, insights.prefetch_related(None)[_span(page)])


def _span(page: Page[Any]) -> slice:
    start = page.start_index() - 1 if page.paginator.count else 0
    return slice(start, start + page.paginator.per_page)


def _talk(request: HttpRequest, row: ChannelRow, listed: Iterable[Any] | None, show: str) -> list[ConversationRow]:
    if show not in ("everything", "conversations") or listed is None:
        return []
    return conversation_rows(listed, signed_in(request).time_zone, row.seen_at)


def _worth(actor: Actor, row: ChannelRow, show: str) -> list[Offer]:
    """A few of what is worth keeping beside everything else, all of it beside the conversations; for stewards."""
    shown = {"everything": 3, "conversations": 50}.get(show)
    if shown is None or not (actor.is_curator or may_change(actor, row.channel)):
        return []
    return worth_list(actor, row.channel.pk, limit=shown)


@require_GET
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    show = request.GET.get("show", "everything")
    if show not in KINDS:
        show = "everything"
    only = request.GET.get("only", "all")
    talk, insights = listed_conversations(actor), listed_insights(actor)
    recordings = visible_recordings(actor).select_related("owner").order_by("-created_at")
    courses = listed_courses(actor).filter(Q(published_at__isnull=False))
    narrowed = [narrow_down(actor, visible_conversations(actor), one) for one in SHOWS[1:]]
    every = (visible_conversations(actor), insights, recordings, courses, *narrowed)
    row = channel_row(actor, slug, [_counted(things) for things in every])
    found, counts, narrow = row.channel, row.counts[:4], row.counts[4:]
    talk, insights = talk.filter(channel=found), insights.filter(channel=found)
    recordings, courses = recordings.filter(channel=found), courses.filter(channel=found)
    labels = ("Conversations", "Insights", "Recordings", "Courses", "People")
    paged = {
        "conversations": narrow_down(actor, talk, only),
        "insights": insights.prefetch_related(None),
        "recordings": recordings,
    }.get(show)
    listed = Paginator(paged, A_PAGE).get_page(request.GET.get("page")) if paged is not None else None
    context = {
        "channel": found,
        "row": row,
        "show": show,
        "tabs": [("everything", "Everything", None), *zip(KINDS[1:], labels, (*counts, row.followers), strict=True)],
        "conversations": _talk(request, row, talk[:LATEST] if show == "everything" else listed, show),
        "chips": [
            (name, label, count, name == only)
            for name, label, count in zip(SHOWS, ("All", "Open", "Show me", "Mine"), ("", *narrow), strict=True)
        ],
        "worth": _worth(actor, row, show),
        "insights": newest_rows(actor, found.pk) if show == "everything" else (),
        "recordings": with_posters(recordings[:6]) if show == "everything" else (),
        "courses": outlines(actor, list(courses[: 3 if show == "everything" else 60]), with_people=False)
        if show in ("everything", "courses")
        else (),
        "people": members_of(actor, found) if show == "people" else (),
        "listed": listed,
        "listed_recordings": with_posters(recordings[_span(listed)])
        if listed is not None and show == "recordings"
        else (),
        "listed_insights": _rows(actor, insights, listed) if listed is not None and show == "insights" else (),
        "may_change": may_change(actor, found),
        "conversation_count": counts[0],
        "insight_count": counts[1],
        "recording_count": counts[2],
    }
    response = render(request, "web/channel.html", context)
    mark_channel_seen(actor=actor, channel_id=found.pk)
    return response
