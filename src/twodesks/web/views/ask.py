"""Ask: looking first, while one types; then the question goes to a channel, or to somebody in it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from twodesks.capture.operations.note_shown import note_shown
from twodesks.conversations.engine.words import title_and_body
from twodesks.conversations.forms import number_or_none
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.pages import not_told_words
from twodesks.conversations.queries.completing import one_called, people_called
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid, NotFound, Problem
from twodesks.people.identity import member_actor
from twodesks.web.ask import channels_to_ask_in, look_first

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation

KINDS = (
    ("question", "A question"),
    ("walkthrough", "Show me how"),
    ("discussion", "A discussion"),
)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`q` is the question so far, `channel` where it may go, `asked` or the name `who` whom to ask first; POST asks it.

    Whatever is refused comes back with the words."""
    actor = member_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    problem: Problem | None = None
    if request.method == "POST":
        try:
            made = _asked(actor, given)
            if notice := not_told_words(actor, made):
                messages.warning(request, notice)
            return redirect(made)
        except NotFound:
            problem = Invalid(
                "That is not there any more, or not for you to see. Choose a channel that is in the list."
            )
        except Problem as refused:
            problem = refused
    text, who, channel_id = _words(given, "q"), _words(given, "who"), number_or_none(given.get("channel", ""))
    context = {
        "text": text,
        "found": look_first(actor, text, channel_id),
        "channels": channels_to_ask_in(actor),
        "channel_id": channel_id,
        "kinds": KINDS,
        "kind": given.get("kind", "question"),
        "anonymous": given.get("anonymous") == "on",
        "asked": given.get("asked", ""),
        "who": who,
        "named": people_called(actor, who, channel_id),
        "key": given.get("key", "")[:40] or uuid4(),
        "problem": problem,
    }
    return render(request, "web/ask.html", context, status=problem.status if problem else 200)


def _asked(actor: Actor, given: QueryDict) -> "Conversation":
    title, body = title_and_body(_words(given, "q"))
    channel_id = number_or_none(given.get("channel", ""))
    if channel_id is None:
        raise Invalid("Choose a channel to ask in.", field="channel")
    asked = number_or_none(given.get("asked", ""))
    return start_conversation(
        actor=actor,
        channel_id=channel_id,
        title=title,
        body=body,
        kind=given.get("kind", "question"),
        anonymous=given.get("anonymous") == "on",
        asked_member_id=asked if asked is not None else one_called(actor, _words(given, "who"), channel_id),
        client_key=given.get("key", "")[:40] or None,
    )


def _words(given: QueryDict, name: str) -> str:
    return given.get(name, "").replace("\0", " ")


@require_safe
@cache_control(private=True, no_store=True)
def suggestions(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes while somebody writes."""
    actor = member_actor(request)
    found = look_first(actor, _words(request.GET, "q"), number_or_none(request.GET.get("channel", "")))
    return render(request, "web/_ask_found.html", {"found": found, "asked": request.GET.get("asked", "")})


@require_safe
@cache_control(private=True, no_store=True)
def people(request: HttpRequest) -> HttpResponse:
    """Those whom a name that is being typed may mean."""
    channel_id = number_or_none(request.GET.get("channel", ""))
    named = people_called(member_actor(request), _words(request.GET, "who"), channel_id)
    return render(request, "web/_ask_named.html", {"named": named, "asked": request.GET.get("asked", "")})


@require_POST
def answered(request: HttpRequest) -> HttpResponse:
    """Somebody found their answer without asking: those who gave it hear that it helped again."""
    actor = member_actor(request)
    kind, _, number = request.POST.get("answered", "").partition(":")
    key = number_or_none(number)
    if key is not None and kind == "insight":
        mark_helped(actor=actor, insight_id=key)
    elif key is not None and kind == "message":
        thank_for_message(actor=actor, message_id=key)
        note_shown(actor=actor, message_id=key)
    else:
        raise Invalid("Choose the answer once more; nothing was sent.", field="answered")
    messages.success(request, "Good. Whoever explained it hears that it helped again.")
    return redirect("home")
