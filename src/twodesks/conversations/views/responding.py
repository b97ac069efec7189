"""Saying something to a message without writing one: thanks, signs, "that answered it", "me too"."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from twodesks.conversations.forms import number_or_none
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.operations.follow_conversation import follow_conversation
from twodesks.conversations.operations.mark_conversation_seen import mark_conversation_seen
from twodesks.conversations.operations.pass_on import pass_on
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.reopen_conversation import reopen_conversation
from twodesks.conversations.operations.say_here import say_here
from twodesks.conversations.operations.say_me_too import say_me_too
from twodesks.conversations.operations.say_typing import say_typing
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.pages import head_of
from twodesks.conversations.queries import get_message
from twodesks.conversations.queries.completing import one_called, people_called
from twodesks.conversations.views.answering import parts, to_conversation, to_message, wants_parts
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Denied, Invalid, Problem
from twodesks.people.identity import member_actor, signed_in


@require_POST
def thanks(request: HttpRequest, message_id: int) -> HttpResponse:
    actor = member_actor(request)
    given = thank_for_message(actor=actor, message_id=message_id, words=request.POST.get("words", ""))
    conversation_id = get_message(actor, message_id).conversation_id
    if wants_parts(request):
        return parts(request, actor, conversation_id, [message_id])
    messages.success(request, f"{given.receiver.first_name} will find your thanks at home.")
    return to_message(conversation_id, message_id)


@require_POST
def sign(request: HttpRequest, message_id: int) -> HttpResponse:
    """`emoji`, and `off` to take it away again; in the address where one form serves many buttons."""
    actor = member_actor(request)
    given = request.POST if "emoji" in request.POST else request.GET
    react(actor=actor, message_id=message_id, emoji=given.get("emoji", ""), on="off" not in given)
    conversation_id = get_message(actor, message_id).conversation_id
    if wants_parts(request):
        return parts(request, actor, conversation_id, [message_id])
    return to_message(conversation_id, message_id)


@require_POST
def accept(request: HttpRequest, message_id: int) -> HttpResponse:
    """Answers with the one that was accepted before as well, which goes back to its place."""
    actor = member_actor(request)
    before = get_message(actor, message_id).conversation.accepted_message_id
    conversation = accept_answer(actor=actor, message_id=message_id)
    if wants_parts(request):
        changed = [one for one in (before, message_id) if one is not None]
        return parts(request, actor, conversation.pk, changed, with_head=True)
    messages.success(request, "Good. It stands on top now, for everybody who comes after.")
    return to_message(conversation.pk, message_id)


@require_POST
def reopen(request: HttpRequest, conversation_id: int) -> HttpResponse:
    actor = member_actor(request)
    before = number_or_none(request.POST.get("accepted", ""))
    reopen_conversation(actor=actor, conversation_id=conversation_id)
    if wants_parts(request):
        return parts(request, actor, conversation_id, [before] if before else [], with_head=True)
    messages.success(request, "The question is open again. The answer stays where it was written.")
    return to_conversation(conversation_id)


@require_POST
def me_too(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """`off` takes it back."""
    actor = member_actor(request)
    say_me_too(actor=actor, conversation_id=conversation_id, same="off" not in request.POST)
    if wants_parts(request):
        return parts(request, actor, conversation_id, with_head=True)
    return to_conversation(conversation_id)


@require_POST
def follow(request: HttpRequest, conversation_id: int) -> HttpResponse:
    actor = member_actor(request)
    follow_conversation(actor=actor, conversation_id=conversation_id, following="off" not in request.POST)
    if wants_parts(request):
        return parts(request, actor, conversation_id, with_head=True)
    return to_conversation(conversation_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pass_question_on(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """To the member `to`, or to whom the name `who` means; without these, to the channel.

    Without a post, a page to choose on, which `who` fills with the people of that name.
    """

    def passed(actor: Actor, to: int | None) -> str:
        pass_on(actor=actor, conversation_id=conversation_id, to_member_id=to)
        return "Passed on. The channel sees it now." if to is None else "Passed on. It waits on their Home now."

    return _put_to(request, conversation_id, passed, is_passed_on=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_somebody(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The member `to`, or whom the name `who` means, as for passing on."""

    def asked(actor: Actor, to: int | None) -> str:
        if to is None:
            raise Invalid("Write the name of somebody who may know.", field="who")
        ask_member(actor=actor, conversation_id=conversation_id, member_id=to)
        return "Asked. It waits on their Home now."

    return _put_to(request, conversation_id, asked, is_passed_on=False)


def _put_to(
    request: HttpRequest, conversation_id: int, put: Callable[[Actor, int | None], str], *, is_passed_on: bool
) -> HttpResponse:
    """`put` says what it did."""
    actor, given = member_actor(request), request.POST if request.method == "POST" else request.GET
    page = head_of(actor, conversation_id, signed_in(request).time_zone)
    who, channel_id = given.get("who", "").replace("\0", " "), page.conversation.channel_id
    problem: Problem | None = None
    if request.method == "POST":
        try:
            to = number_or_none(given.get("to", "")) or one_called(actor, who, channel_id)
            if to is None and "who" in given:
                raise Invalid("Write the name of somebody who may know. Nothing was changed.", field="who")
            messages.success(request, put(actor, to))
        except (Invalid, Denied) as refused:
            problem = refused
        else:
            return to_conversation(conversation_id)
    named = people_called(actor, who, channel_id)
    context = {"page": page, "named": named, "who": who, "to": given.get("to", ""), "problem": problem}
    context["is_passed_on"] = is_passed_on
    return render(request, "conversations/put_to.html", context, status=problem.status if problem else 200)


@require_POST
def doing(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What the reader is about: `writing`, `recording`, `here` or `gone`. Kept nowhere, but for how far they have read:
    what comes while a page is looked at is read."""
    actor = member_actor(request)
    what = request.POST.get("doing", "")
    if what in ("here", "gone"):
        say_here(actor=actor, conversation_id=conversation_id, here=what == "here")
        if what == "here":
            mark_conversation_seen(actor=actor, conversation_id=conversation_id)
    else:
        say_typing(actor=actor, conversation_id=conversation_id, doing=what)
    return HttpResponse(status=204)
