"""How views answer: parts of the page to a script, a way back to the message to everybody else."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from twodesks.conversations.pages import head_of, rows_of
from twodesks.kit.actor import Actor
from twodesks.people.identity import signed_in


def wants_parts(request: HttpRequest) -> bool:
    details: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(details)


def to_conversation(conversation_id: int, part: str = "") -> HttpResponse:
    return redirect(reverse("conversation", args=[conversation_id]) + (f"#{part}" if part else ""))


def to_message(conversation_id: int, message_id: int) -> HttpResponse:
    """By the message's own address where it may be far up, so that it is on the page that opens."""
    return redirect("message", message_id=message_id)


def parts(
    request: HttpRequest,
    actor: Actor,
    conversation_id: int,
    message_ids: Sequence[int] = (),
    *,
    with_head: bool = False,
    notice: str = "",
) -> HttpResponse:
    """Messages as they are now, and the head of the conversation; the page puts each in its place and says `notice`."""
    zone = signed_in(request).time_zone
    context = {
        "rows": rows_of(actor, conversation_id, message_ids, zone) if message_ids else (),
        "page": head_of(actor, conversation_id, zone) if with_head else None,
        "conversation_id": conversation_id,
        "notice": notice,
    }
    response = render(request, "conversations/_parts.html", context)
    response["Cache-Control"] = "no-store"
    return response
