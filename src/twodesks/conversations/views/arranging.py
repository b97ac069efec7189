"""Titles, places, splitting and merging; and who asked, for administrators."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from twodesks.conversations.forms import chosen_number, number_or_none, numbers
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.move_conversation import move_conversation
from twodesks.conversations.operations.rename_conversation import rename_conversation
from twodesks.conversations.operations.reveal_asker import reveal_asker
from twodesks.conversations.operations.split_conversation import split_conversation
from twodesks.conversations.pages import arranging_page, splitting_page
from twodesks.conversations.views.answering import to_conversation
from twodesks.kit.problem import Conflict, Denied, Invalid, Problem
from twodesks.people.identity import member_actor, signed_in


@never_cache
@require_safe
def arrange(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Title, kind, topics; another channel; one conversation of two. `find` looks for the other one by its title."""
    return _arranging(request, conversation_id)


def _arranging(request: HttpRequest, conversation_id: int, problem: Problem | None = None) -> HttpResponse:
    actor = member_actor(request)
    given = request.POST if request.method == "POST" else request.GET
    page = arranging_page(actor, conversation_id, find=given.get("find", ""))
    context = {"page": page, "given": given, "problem": problem}
    return render(request, "conversations/arrange.html", context, status=problem.status if problem else 200)


@require_POST
def rename(request: HttpRequest, conversation_id: int) -> HttpResponse:
    topics = [topic.strip() for topic in request.POST.get("topics", "").split(",")]
    try:
        rename_conversation(
            actor=member_actor(request),
            conversation_id=conversation_id,
            title=request.POST.get("title", ""),
            kind=request.POST.get("kind") or None,
            topics=topics if "topics" in request.POST else None,
        )
    except Invalid as refused:
        return _arranging(request, conversation_id, refused)
    messages.success(request, "Changed.")
    return to_conversation(conversation_id)


@require_POST
def move(request: HttpRequest, conversation_id: int) -> HttpResponse:
    try:
        moved = move_conversation(
            actor=member_actor(request),
            conversation_id=conversation_id,
            channel_id=chosen_number(request, "channel", "Choose the channel it goes to."),
            confirmed="confirmed" in request.POST,
        )
    except (Invalid, Denied) as refused:
        return _arranging(request, conversation_id, refused)
    messages.success(request, f"It is in {moved.channel} now.")
    return to_conversation(conversation_id)


@require_POST
def merge(request: HttpRequest, conversation_id: int) -> HttpResponse:
    try:
        target = merge_conversations(
            actor=member_actor(request),
            conversation_id=conversation_id,
            into_id=chosen_number(request, "into", "Choose the conversation that it becomes part of."),
            confirmed="confirmed" in request.POST,
        )
    except (Invalid, Denied, Conflict) as refused:
        return _arranging(request, conversation_id, refused)
    messages.success(request, "They are one conversation now. The old address leads here.")
    return to_conversation(target.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """`message` names those that are chosen already, `before` lists those that came before that one."""
    actor = member_actor(request)
    problem: Problem | None = None
    if request.method == "POST":
        try:
            made = split_conversation(
                actor=actor,
                conversation_id=conversation_id,
                message_ids=numbers(request.POST, "message"),
                title=request.POST.get("title", ""),
                kind=request.POST.get("kind") or None,
            )
        except Invalid as refused:
            problem = refused
        else:
            messages.success(request, "It is a conversation of its own now.")
            return to_conversation(made.pk)
    given = request.POST if request.method == "POST" else request.GET
    page = splitting_page(
        actor,
        conversation_id,
        signed_in(request).time_zone,
        chosen=set(numbers(given, "message")),
        before=number_or_none(request.GET.get("before", "")),
    )
    context = {"page": page, "given": given, "problem": problem}
    return render(request, "conversations/split.html", context, status=problem.status if problem else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asker(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Who asked without their name: for administrators, with a reason that is kept."""
    actor = member_actor(request)
    page = arranging_page(actor, conversation_id)
    if not page.may_reveal:
        raise Denied("An administrator can look this up, with a reason that is kept.")
    revealed, problem = None, None
    if request.method == "POST":
        try:
            revealed = reveal_asker(actor=actor, conversation_id=conversation_id, reason=request.POST.get("reason", ""))
        except Invalid as refused:
            problem = refused
    context = {"page": page, "revealed": revealed, "problem": problem, "reason": request.POST.get("reason", "")}
    return render(request, "conversations/asker.html", context, status=problem.status if problem else 200)
