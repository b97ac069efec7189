"""The page on which recordings are made."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from twodesks.channels.queries import postable_channels
from twodesks.people.identity import member_actor


@never_cache
@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """`?title=` and `?channel=` set out what is going to be explained, and where."""
    channels = [{"id": channel.pk, "name": channel.name} for channel in postable_channels(member_actor(request))]
    asked = request.GET.get("channel", "")
    context = {
        "channels": channels,
        "channel_id": int(asked) if asked.isascii() and asked.isdigit() else None,
        "title": request.GET.get("title", "")[:200],
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render(request, "recordings/record.html", context)
