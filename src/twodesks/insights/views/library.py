"""Lists of insights: the library, and what one is writing."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from twodesks.channels.queries import visible_channels
from twodesks.insights.forms import number_or_none
from twodesks.insights.queries.library import facets, library_page
from twodesks.insights.queries.shelves import insights_from_recording
from twodesks.insights.queries.writing import own_drafts
from twodesks.people.identity import member_actor

DRAFTS_A_PAGE = 30


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """Everything kept that the reader sees; `topic` and `channel` narrow it, `order=helped` turns it."""
    actor = member_actor(request)
    topic = request.GET.get("topic", "")[:60].replace("\x00", "")
    channels = list(visible_channels(actor).filter(archived_at=None).order_by("name"))
    slug = request.GET.get("channel", "")
    channel = next((channel for channel in channels if channel.slug == slug), None)
    helped_first = request.GET.get("order") == "helped"
    page = library_page(
        actor,
        topic=topic,
        channel_id=channel.pk if channel else None,
        page=number_or_none(request.GET.get("page", "")) or 1,
        helped_first=helped_first,
    )
    narrowed = {"topic": topic, "channel": channel.slug if channel else "", "order": "helped" if helped_first else ""}
    context = {
        "page": page,
        "facets": facets(actor),
        "channels": channels,
        "channel": channel,
        "topic": topic,
        "helped_first": helped_first,
        "narrowed": urlencode({name: value for name, value in narrowed.items() if value}),
        "draft_count": own_drafts(actor).count(),
    }
    return render(request, "insights/library.html", context)


@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    rows = Paginator(own_drafts(actor), DRAFTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "insights/drafts.html", {"rows": rows, "total": facets(actor).total})


@require_safe
def from_recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    """A fragment for the page of a recording: what was made from it."""
    insights = insights_from_recording(member_actor(request), recording_id)[:50]
    return render(request, "insights/_from_recording.html", {"insights": insights})
