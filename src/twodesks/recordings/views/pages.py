"""The pages about recordings."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from twodesks.people.identity import member_actor
from twodesks.recordings.pages import recording_page, recordings_to_show, with_posters

A_PAGE = 24


@never_cache
@require_GET
def recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    """The player opens at `?t=` or `#t=` (Media Fragments); without script `?t=` opens the file itself there."""
    page = recording_page(member_actor(request), recording_id)
    return render(request, "recordings/recording.html", {"page": page, "at": request.GET.get("t", "")})


@never_cache
@require_GET
def recordings(request: HttpRequest) -> HttpResponse:
    """Those that have ended."""
    ended = recordings_to_show(member_actor(request)).exclude(ended_at=None)
    page = Paginator(ended, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "recordings/recordings.html", {"rows": with_posters(page), "page": page})
