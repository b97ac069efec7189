"""Keeping what was said: choosing messages, answering an offer, settling what came after."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from twodesks.capture.forms import message_ids, number_or_none
from twodesks.capture.operations.allow_elsewhere import allow_elsewhere
from twodesks.capture.operations.answer_offer import answer_offer
from twodesks.capture.operations.append_to_insight import append_to_insight
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.capture.operations.dismiss_worth import dismiss_worth
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.operations.settle_update import settle_update
from twodesks.capture.queries.kept import came_from, get_update, possible_updates, where_it_went
from twodesks.capture.queries.reading import hear
from twodesks.channels.queries import may_change, may_post, postable_channels
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.identity import member_actor


def capture(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Choose messages and where they go. `insight` adds to one that is there; else a draft opens in the editor."""
    actor = member_actor(request)
    if request.method != "POST":
        return _choose(request, actor, conversation_id)
    try:
        chosen, target = message_ids(request), number_or_none(request, "insight")
        confirmed = bool(request.POST.get("confirm"))
        if target is not None:
            append_to_insight(
                actor=actor, conversation_id=conversation_id, insight_id=target, message_ids=chosen, confirmed=confirmed
            )
            messages.success(request, "Added. What was there stays as it was; the history has both.")
            return redirect("insight", target)
        link = capture_conversation(
            actor=actor, conversation_id=conversation_id, message_ids=chosen,
            channel_id=number_or_none(request, "channel"), confirmed=confirmed,
        )  # fmt: skip
    except (Invalid, Denied) as refused:
        return _choose(request, actor, conversation_id, problem=refused)
    return redirect("edit-insight", link.insight_id)


def _choose(
    request: HttpRequest, actor: Actor, conversation_id: int, problem: Invalid | Denied | None = None
) -> HttpResponse:
    heard = hear(actor, conversation_id)
    target = heard.conversation.channel_id
    asked_for = request.POST.getlist("message") or request.GET.getlist("message")
    chosen = {int(one) for one in asked_for if one.isdecimal()} or {message.pk for message in heard.messages}
    context = {
        "conversation": heard.conversation,
        "rows": [(message, message.pk in chosen) for message in heard.messages],
        "channels": postable_channels(actor),
        "channel_id": int(given) if (given := request.POST.get("channel", "")).isdecimal() else target,
        "stays": bool(may_post(actor, heard.conversation.channel)),
        "looks_after": heard.conversation.channel.is_private and may_change(actor, heard.conversation.channel),
        "went": where_it_went(actor, conversation_id),
        "problem": problem,
    }
    return render(request, "capture/capture.html", context, status=problem.status if problem else 200)


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
