"""Keeping what was said: answering an offer, settling what came after. Choosing messages is a page of the web app."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from twodesks.capture.operations.allow_elsewhere import allow_elsewhere
from twodesks.capture.operations.answer_offer import answer_offer
from twodesks.capture.operations.append_to_insight import append_to_insight
from twodesks.capture.operations.dismiss_worth import dismiss_worth
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.operations.settle_update import settle_update
from twodesks.capture.queries.kept import came_from, get_update, possible_updates
from twodesks.people.identity import member_actor


@require_safe
def updates(request: HttpRequest) -> HttpResponse:
    """What was said since in conversations behind the actor's insights; Home fetches it once it stands."""
    found = possible_updates(member_actor(request), limit=3)
    return render(request, "capture/_updates.html", {"updates": found})


@require_safe
def origin(request: HttpRequest, insight_id: int) -> HttpResponse:
    """The conversations an insight came from, for the trail on its page."""
    found = came_from(member_actor(request), insight_id)
    return render(request, "capture/_came_from.html", {"conversations": found})


@require_POST
def keep(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Draft and publish in one; the words of the offer say what that will be."""
    link = keep_conversation(actor=member_actor(request), conversation_id=conversation_id)
    messages.success(request, "Kept. Everybody in it is credited.")
    return redirect("insight", link.insight_id)


@require_POST
def put_aside(request: HttpRequest, conversation_id: int) -> HttpResponse:
    worth = dismiss_worth(actor=member_actor(request), conversation_id=conversation_id)
    messages.success(request, "Put aside. The conversation itself stays as it is.")
    return _back(request, worth.conversation_id)


@require_POST
def answer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """`answer`: `keep`, `no` or `later`."""
    actor = member_actor(request)
    said = request.POST.get("answer", "")
    link = answer_offer(actor=actor, offer_id=offer_id, answer=said)
    if link is not None:
        messages.success(request, "Kept. Everybody in it is credited.")
        return redirect("insight", link.insight_id)
    messages.success(request, "All right, not this one." if said == "no" else "All right, later.")
    return redirect(_safe(request.POST.get("next", "")))


@require_POST
def allow(request: HttpRequest, capture_id: int) -> HttpResponse:
    link = allow_elsewhere(actor=member_actor(request), capture_id=capture_id)
    messages.success(request, "That insight may be read elsewhere now. The conversation stays private.")
    return _back(request, link.conversation_id)


@require_POST
def settle(request: HttpRequest, update_id: int) -> HttpResponse:
    update = settle_update(actor=member_actor(request), update_id=update_id)
    return redirect("insight", update.link.insight_id)


@require_POST
def add(request: HttpRequest, update_id: int) -> HttpResponse:
    """`confirm`: that others may read it, though it was said in a private channel."""
    actor = member_actor(request)
    update = get_update(actor, update_id)
    append_to_insight(
        actor=actor, conversation_id=update.link.conversation_id, insight_id=update.link.insight_id,
        message_ids=[update.message_id], confirmed=bool(request.POST.get("confirm")),
    )  # fmt: skip
    messages.success(request, "Added. What was there stays as it was; the history has both.")
    return redirect("insight", update.link.insight_id)


def _back(request: HttpRequest, conversation_id: int) -> HttpResponse:
    return redirect(_safe(request.POST.get("next", "")) or f"/conversations/{conversation_id}/")


def _safe(address: str) -> str:
    """An address of our own, else Home."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else reverse("home")
