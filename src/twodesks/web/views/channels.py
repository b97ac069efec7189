"""The list of channels, and the page of one with what lives in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from twodesks.channels.operations.mark_channel_seen import mark_channel_seen
from twodesks.channels.queries import ChannelRow, channel_row, channel_rows, may_change, members_of, visible_channels
from twodesks.courses.queries import listed_courses, outlines
from twodesks.insights.queries.library import InsightRow, insight_rows, newest_rows
from twodesks.insights.queries.shelves import listed_insights
from twodesks.kit.actor import Actor
from twodesks.people.identity import member_actor
from twodesks.recordings.pages import with_posters
from twodesks.recordings.queries import visible_recordings

DAYS = 14
KINDS = ("everything", "insights", "recordings", "courses", "people")


def _bars(actor: Actor, channel_ids: list[int]) -> dict[int, list[int]]:
    """How much was kept or recorded in each channel on each of the last 14 days, oldest first: two queries."""
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    bars = {channel_id: [0] * DAYS for channel_id in channel_ids}
    kept = listed_insights(actor).order_by().filter(published_at__date__gte=first)
    recorded = visible_recordings(actor).filter(created_at__date__gte=first, channel__isnull=False)
    for things, field in ((kept, "published_at"), (recorded, "created_at")):
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
    shown = [row for row in rows if (show not in tests or tests[show](row)) and _matches(row, wanted)]
    insights = dict(listed_insights(actor).order_by().values_list("channel_id").annotate(n=Count("pk")))
    bars = _bars(actor, [row.channel.pk for row in shown])
    lines = [
        (row, insights.get(row.channel.pk, 0), sum(bars[row.channel.pk]), _drawn(bars[row.channel.pk])) for row in shown
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


def _counts(actor: Actor, slug: str, *lists: QuerySet[Any]) -> tuple[int, ...]:
    """How many of each live in the channel, in one query."""
    numbers = {
        f"count_{place}": Subquery(
            things.order_by()
            .filter(channel=OuterRef("pk"))
            .values("channel")
            .annotate(n=Count("pk", distinct=True))
            .values("n")
        )
        for place, things in enumerate(lists)
    }
    counted = visible_channels(actor).filter(slug=slug).annotate(**numbers).values_list(*numbers).get()
    return tuple(count or 0 for count in counted)


def _rows(actor: Actor, insights: QuerySet[Any], page: Page[Any]) -> list[InsightRow]:
    """The rows of one page of `insights`."""
    return insight_rows(actor, insights.prefetch_related(None)[_span(page)])


def _span(page: Page[Any]) -> slice:
    start = page.start_index() - 1 if page.paginator.count else 0
    return slice(start, start + page.paginator.per_page)


@require_GET
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    actor = member_actor(request)
    row = channel_row(actor, slug)
    found = row.channel
    show = request.GET.get("show", "everything")
    if show not in KINDS:
        show = "everything"
    insights = listed_insights(actor).filter(channel=found)
    recordings = visible_recordings(actor).filter(channel=found).select_related("owner").order_by("-created_at")
    courses = listed_courses(actor).filter(channel=found).filter(Q(published_at__isnull=False))
    counts = _counts(actor, slug, insights, recordings, courses)
    labels = ("Insights", "Recordings", "Courses", "People")
    paged = {"insights": insights.prefetch_related(None), "recordings": recordings}.get(show)
    listed = Paginator(paged, 24).get_page(request.GET.get("page")) if paged is not None else None
    context = {
        "channel": found,
        "row": row,
        "show": show,
        "tabs": [("everything", "Everything", None), *zip(KINDS[1:], labels, (*counts, row.followers), strict=True)],
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
        "insight_count": counts[0],
        "recording_count": counts[1],
    }
    response = render(request, "web/channel.html", context)
    mark_channel_seen(actor=actor, channel_id=found.pk)
    return response
