"""Ask: looking first, while one types; then the question goes to a channel, or to somebody in it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from twodesks.capture.operations.note_shown import note_shown
from twodesks.conversations.engine.words import title_and_body
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.kit.problem import Invalid, Problem, TooLarge
from twodesks.people.identity import member_actor
from twodesks.web.ask import channels_to_ask_in, look_first

KINDS = (
    ("question", "A question"),
    ("walkthrough", "Show me how"),
    ("discussion", "A discussion"),
)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`q` is the question so far, `channel` where it may go; POST asks it."""
    actor = member_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("q", "").replace("\0", " ")
    problem: Problem | None = None
    if request.method == "POST":
        try:
            title, body = title_and_body(text)
            conversation = start_conversation(
                actor=actor,
                channel_id=_number(given.get("channel"), "Choose a channel to ask in.", "channel"),
                title=title,
                body=body,
                kind=given.get("kind", "question"),
                anonymous=given.get("anonymous") == "on",
                asked_member_id=int(given["asked"]) if given.get("asked", "").isdecimal() else None,
                client_key=given.get("key", "")[:40] or None,
            )
        except (Invalid, TooLarge) as refused:
            problem = refused
        else:
            return redirect(conversation)
    context = {
        "text": text,
        "found": look_first(actor, text, _chosen(given.get("channel"))),
        "channels": channels_to_ask_in(actor),
        "channel_id": _chosen(given.get("channel")),
        "kinds": KINDS,
        "kind": given.get("kind", "question"),
        "anonymous": given.get("anonymous") == "on",
        "asked": given.get("asked", ""),
        "problem": problem,
    }
    return render(request, "web/ask.html", context, status=problem.status if problem else 200)


@require_safe
@cache_control(private=True, no_store=True)
def suggestions(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes while somebody writes."""
    actor = member_actor(request)
    found = look_first(actor, request.GET.get("q", "").replace("\0", " "), _chosen(request.GET.get("channel")))
    return render(request, "web/_ask_found.html", {"found": found, "asked": request.GET.get("asked", "")})


@require_POST
def answered(request: HttpRequest) -> HttpResponse:
    """Somebody found their answer without asking: those who gave it hear that it helped again."""
    actor = member_actor(request)
    kind, _, number = request.POST.get("answered", "").partition(":")
    key = _number(number, "Choose the answer once more; nothing was sent.", "answered")
    if kind == "insight":
        mark_helped(actor=actor, insight_id=key)
    elif kind == "message":
        thank_for_message(actor=actor, message_id=key)
        note_shown(actor=actor, message_id=key)
    else:
        raise Invalid("Choose the answer once more; nothing was sent.", field="answered")
    messages.success(request, "Good. Whoever explained it hears that it helped again.")
    return redirect("home")


def _chosen(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None


def _number(text: str | None, otherwise: str, field: str) -> int:
    if text is None or not text.isdecimal() or len(text) > 18:
        raise Invalid(otherwise, field=field)
    return int(text)
