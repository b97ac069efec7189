"""What is new: under the bell, and as a page of its own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from twodesks.kit.problem import NotFound
from twodesks.notifications.operations.mark_notifications_seen import mark_notifications_seen
from twodesks.notifications.pages import address_of, notice_groups
from twodesks.notifications.queries.choices import hours_of
from twodesks.notifications.queries.reading import news_for
from twodesks.people.identity import member_actor

IN_PANEL = 12
ON_PAGE = 100


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    context = {"groups": notice_groups(actor, limit=ON_PAGE), "hours": hours_of(actor.require_member())}
    return render(request, "notifications/notifications.html", context)


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    context = {
        "groups": notice_groups(actor, limit=IN_PANEL),
        "hours": hours_of(actor.require_member()),
        "time_zone": getattr(request.user, "time_zone", "UTC"),
    }
    return render(request, "notifications/_panel.html", context)


@require_GET
def badge(request: HttpRequest) -> HttpResponse:
    """The bell and Home's number as they are now, for a page that is open."""
    return render(request, "notifications/_badge.html", {"news": news_for(member_actor(request)), "fresh": True})


@require_GET
def open_notification(request: HttpRequest, key: UUID) -> HttpResponse:
    """Goes to what it is about. That it was looked at is noted on the way; nothing else changes."""
    found = mark_notifications_seen(actor=member_actor(request), key=key)
    if found is None:
        raise NotFound
    return redirect(address_of(found))


@require_POST
def mark_seen(request: HttpRequest) -> HttpResponse:
    """All of them, or those `about` what a page that is open shows ("conversation:12")."""
    actor = member_actor(request)
    about = request.POST.get("about", "")
    mark_notifications_seen(actor=actor, about=about or None)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": "notices-seen"})
    return redirect("notifications")
