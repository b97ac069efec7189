"""Saying something in a conversation, changing it, taking it away."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from twodesks.conversations.forms import message_form, number_or_none
from twodesks.conversations.operations.attach_file import attach_file
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.pages import composer_of, message_page, not_told_words
from twodesks.conversations.queries import get_message
from twodesks.conversations.queries.finding import merged_into
from twodesks.conversations.queries.thread import may_edit
from twodesks.conversations.views.answering import parts, to_message, wants_parts
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Conflict, Denied, Invalid, Problem, TooLarge
from twodesks.media.adapter import problem_details
from twodesks.people.identity import member_actor, signed_in


@require_POST
def post(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A script gets the message as it stands in the page; without, a refusal keeps what was written on its own page."""
    actor = member_actor(request)
    # A page that was open while its conversation became part of another one still knows the old address.
    conversation_id = merged_into(actor, conversation_id) or conversation_id
    try:
        form = message_form(request)
        attached = [_attached(actor, file) for file in request.FILES.getlist("file")]
        message = post_message(
            actor=actor,
            conversation_id=conversation_id,
            body=form.body,
            reply_to_id=form.reply_to_id,
            recording_id=form.recording_id,
            attachment_ids=[*form.attachment_ids, *attached],
            client_key=form.client_key,
        )
    except (Invalid, TooLarge, Denied, Conflict) as refused:
        return _not_sent(request, conversation_id, refused)
    notice = not_told_words(actor, message.conversation, message)
    if wants_parts(request):
        return parts(request, actor, conversation_id, [message.pk], with_head=True, notice=notice)
    if notice:
        messages.warning(request, notice)
    return to_message(conversation_id, message.pk)


def _attached(actor: Actor, file: "UploadedFile[bytes]") -> int:
    return attach_file(
        actor=actor, content=file.file, filename=file.name or "file", content_type=file.content_type or ""
    ).pk


def _not_sent(request: HttpRequest, conversation_id: int, refused: Problem) -> HttpResponse:
    if wants_parts(request):
        return render(request, "conversations/_refused.html", {"problem": refused}, status=422)
    reply_to_id = number_or_none(request.POST.get("reply_to", ""))
    actor, body = member_actor(request), request.POST.get("body", "")
    composer = composer_of(actor, conversation_id, reply_to_id=reply_to_id, body=body)
    context = {"composer": composer, "problem": refused}
    return render(request, "conversations/not_sent.html", context, status=refused.status)


@require_POST
@problem_details
def attach(request: HttpRequest) -> HttpResponse:
    """One file of a message that is being written: `{"id", "name"}`."""
    actor = member_actor(request)
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Invalid("No file came with that. Choose it again; what you wrote is still here.", field="file")
    return JsonResponse({"id": _attached(actor, file), "name": file.name}, status=201)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, message_id: int) -> HttpResponse:
    actor = member_actor(request)
    problem: Problem | None = None
    body = ""
    if request.method == "POST":
        body = request.POST.get("body", "").replace("\r\n", "\n")
        try:
            message = edit_message(actor=actor, message_id=message_id, body=body)
        except (Invalid, TooLarge) as refused:
            problem = refused
        else:
            notice = not_told_words(actor, message.conversation, message)
            if wants_parts(request):
                return parts(request, actor, message.conversation_id, [message.pk], notice=notice)
            if notice:
                messages.warning(request, notice)
            return to_message(message.conversation_id, message.pk)
    else:
        may_edit(actor, message_id).require()
        body = get_message(actor, message_id).body
    page = message_page(actor, message_id, signed_in(request).time_zone)
    template = "conversations/_edit.html" if wants_parts(request) else "conversations/edit.html"
    context = {"page": page, "row": page.row, "body": body, "problem": problem}
    return render(request, template, context, status=problem.status if problem else 200)


@require_POST
def remove(request: HttpRequest, message_id: int) -> HttpResponse:
    return _remove(request, message_id, removed=True)


@require_POST
def restore(request: HttpRequest, message_id: int) -> HttpResponse:
    return _remove(request, message_id, removed=False)


def _remove(request: HttpRequest, message_id: int, *, removed: bool) -> HttpResponse:
    actor = member_actor(request)
    message = remove_message(actor=actor, message_id=message_id, removed=removed)
    if wants_parts(request):
        return parts(request, actor, message.conversation_id, [message.pk], with_head=True)
    messages.success(request, "It is removed. You can bring it back in its place." if removed else "It is back.")
    return to_message(message.conversation_id, message.pk)
