"""Where insights are written: the editor, its drafts, pictures, and what to do when two wrote at once."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from twodesks.insights.forms import (
    TextForm,
    asked_stretch,
    number_or_none,
    settled_clashes,
    settled_title,
    text_form,
)
from twodesks.insights.operations.attach_image import attach_image
from twodesks.insights.operations.discard_draft import discard_draft
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.operations.save_draft import save_draft
from twodesks.insights.operations.settle_insight import settle_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.insights.queries import get_insight
from twodesks.insights.queries.reading import clip_views
from twodesks.insights.queries.speech import get_transcript, suggest_from_recording
from twodesks.insights.queries.writing import (
    Writing,
    get_draft,
    new_writing,
    newer_revision,
    open_conflict,
    open_writing,
)
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Conflict, Invalid, NotFound, Problem, TooLarge
from twodesks.people.identity import member_actor


@require_http_methods(["GET", "HEAD", "POST"])
def new_insight(request: HttpRequest) -> HttpResponse:
    """A page to write on: blank, or drafted from `recording`, or from the stretch `t` of it.

    Nothing is made by opening it; the first save makes the draft.
    """
    actor = member_actor(request)
    if request.method == "POST":
        return _start(request, actor)
    recording_id = number_or_none(request.GET.get("recording", ""))
    suggestion = suggest_from_recording(actor, recording_id, asked_stretch(request)) if recording_id else None
    writing = new_writing(actor, suggestion, recording_id)
    channel_id = number_or_none(request.GET.get("channel", ""))
    if channel_id and any(channel.pk == channel_id for channel in writing.channels):
        writing = replace(writing, channel_id=channel_id)
    return _editor(request, writing)


def _start(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = text_form(request)
    try:
        draft = start_insight(
            actor=actor,
            title=form.title,
            body=form.body,
            topics=form.topics,
            channel_id=form.channel_id,
            recording_id=form.recording_id,
        )
    except (Invalid, TooLarge) as problem:
        if _wants_json(request):
            raise
        return _editor(request, _as_written(new_writing(actor, None, form.recording_id), form), problem)
    if form.keep:
        return _keep(request, actor, draft.insight_id, form)
    return _saved(request, actor, draft.insight_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_insight(request: HttpRequest, insight_id: int) -> HttpResponse:
    """The editor. Posted, it saves the draft, and with `action=keep` keeps it."""
    actor = member_actor(request)
    if request.method != "POST":
        recording_id = number_or_none(request.GET.get("recording", ""))
        return _editor(request, open_writing(actor, insight_id, recording_id))
    form = text_form(request)
    try:
        save_draft(
            actor=actor,
            insight_id=insight_id,
            version=form.version,
            title=form.title,
            body=form.body,
            topics=form.topics,
            channel_id=form.channel_id,
            base=form.base,
            known_body=form.known_body,
        )
    except (Invalid, TooLarge, Conflict) as problem:
        if _wants_json(request):
            raise
        return _editor(request, _as_written(open_writing(actor, insight_id), form), problem)
    if form.keep:
        return _keep(request, actor, insight_id, form)
    return _saved(request, actor, insight_id)


def _keep(request: HttpRequest, actor: Actor, insight_id: int, form: TextForm) -> HttpResponse:
    """Publish a draft, revise what is kept. The draft is saved already, so a refusal loses nothing."""
    insight = get_insight(actor, insight_id)
    draft = get_draft(actor, insight)
    body = draft.body if draft else form.body
    try:
        if insight.published_at is None:
            publish_insight(
                actor=actor,
                insight_id=insight_id,
                title=form.title,
                body=body,
                topics=form.topics,
                channel_id=form.channel_id,
            )
        else:
            revise_insight(
                actor=actor,
                insight_id=insight_id,
                base=form.base,
                title=form.title,
                body=body,
                topics=form.topics,
                note=form.note,
            )
    except Conflict:
        return _settle_page(request, actor, insight_id, note=form.note, status=409)
    except (Invalid, TooLarge) as problem:
        return _editor(request, _as_written(open_writing(actor, insight_id), form), problem)
    messages.success(request, "Kept.")
    return redirect("insight", insight_id=insight_id)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, insight_id: int) -> HttpResponse:
    """Two versions side by side. Posted, the choices become a revision on top of theirs."""
    actor = member_actor(request)
    if request.method != "POST":
        return _settle_page(request, actor, insight_id)
    conflict = open_conflict(actor, insight_id)
    if conflict is None:
        return redirect("edit-insight", insight_id=insight_id)
    draft, current, ground = conflict.draft, conflict.current, conflict.ground
    note = request.POST.get("note", "")
    try:
        if number_or_none(request.POST.get("against", "")) != current.number:
            raise Conflict("Meanwhile it was changed once more.")
        title = current.title if draft.title == ground.title else draft.title
        if conflict.title_clashes:
            title = settled_title(request.POST, draft.title, current.title)
        body = conflict.merge.text(settled_clashes(request.POST, conflict.merge))
        settle_insight(actor=actor, insight_id=insight_id, against=current.number, title=title, body=body, note=note)
    except Conflict:
        messages.warning(request, "Meanwhile it was changed once more. Here are both versions as they are now.")
        return _settle_page(request, actor, insight_id, note=note, status=409)
    except (Invalid, TooLarge) as problem:
        return _settle_page(request, actor, insight_id, problem=problem, note=note, status=problem.status)
    messages.success(request, "Settled and kept. Both versions are in the history.")
    return redirect("insight", insight_id=insight_id)


def _settle_page(
    request: HttpRequest,
    actor: Actor,
    insight_id: int,
    *,
    problem: Problem | None = None,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    conflict = open_conflict(actor, insight_id)
    if conflict is None:
        return redirect("edit-insight", insight_id=insight_id)
    context = {"conflict": conflict, "insight": conflict.insight, "problem": problem, "note": note}
    return render(request, "insights/settle.html", context, status=status)


@require_POST
def discard(request: HttpRequest, insight_id: int) -> HttpResponse:
    insight = discard_draft(actor=member_actor(request), insight_id=insight_id)
    if insight.published_at is None:
        messages.success(request, "The draft is set aside. Its page brings it back.")
        return redirect("insight", insight_id=insight_id)
    messages.success(request, "Your draft is gone. The insight is as it was.")
    return redirect("insight", insight_id=insight_id)


@require_POST
def attach(request: HttpRequest, insight_id: int) -> HttpResponse:
    """A picture, as multipart field `picture`. Answers with the address that goes into the text."""
    actor = member_actor(request)
    picture = request.FILES.get("picture")
    if picture is None or picture.file is None:
        raise Invalid("No picture came with this. Choose it again.", field="picture")
    attachment = attach_image(actor=actor, insight_id=insight_id, picture=picture.file, filename=picture.name or "")
    address = reverse("insight-attachment", args=[insight_id, attachment.pk])
    file = attachment.media_file
    return JsonResponse({"address": address, "width": file.width, "height": file.height}, status=201)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The body as it will read. Nothing is saved."""
    actor = member_actor(request)
    form = text_form(request)
    if len(form.body) > markdown.MAX_CHARS:
        raise TooLarge("This text is too long to show. It is still here as you wrote it.", field="body")
    rendered = markdown.render(form.body)
    context = {"parts": clip_views(actor, rendered.parts), "title": form.title}
    return render(request, "insights/_preview.html", context)


@require_safe
def transcript(request: HttpRequest, recording_id: int) -> HttpResponse:
    """The recording beside the editor: asked again when its captions have come."""
    found = get_transcript(member_actor(request), recording_id)
    return render(request, "insights/_transcript.html", {"transcript": found})


def _saved(request: HttpRequest, actor: Actor, insight_id: int) -> HttpResponse:
    """For programs how things stand; for people without script the page again."""
    insight = get_insight(actor, insight_id)
    draft = get_draft(actor, insight)
    if draft is None:
        raise NotFound
    address = reverse("edit-insight", args=[insight_id])
    if not _wants_json(request):
        messages.success(request, "Saved. You alone see it until you keep it.")
        return redirect(address)
    newer = newer_revision(actor, draft) if insight.published_at else None
    return JsonResponse(
        {
            "insight_id": insight_id,
            "version": draft.version,
            "saved_at": draft.saved_at.isoformat(),
            "body": draft.body,
            "address": address,
            "newer": None
            if newer is None
            else {"by": newer.author.first_name, "at": newer.created_at.isoformat(), "number": newer.number},
        }
    )


def _as_written(writing: Writing, form: TextForm) -> Writing:
    """The page with what was sent, whatever is saved."""
    return replace(
        writing, title=form.title, body=form.body, topics=form.topics, channel_id=form.channel_id or writing.channel_id
    )


def _editor(request: HttpRequest, writing: Writing, problem: Problem | None = None) -> HttpResponse:
    context: dict[str, object] = {"writing": writing, "insight": writing.insight, "problem": problem}
    if isinstance(problem, Conflict):
        context["theirs"] = problem.extra.get("theirs", "")
        context["their_version"] = problem.extra.get("version", 0)
    return render(request, "insights/edit.html", context, status=problem.status if problem else 200)


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")
