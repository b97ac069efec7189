"""The page of an insight, its history, and its pictures."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from twodesks.insights.forms import number_or_none
from twodesks.insights.operations.restore_revision import restore_revision
from twodesks.insights.queries import get_attachment, get_insight
from twodesks.insights.queries.history import change_between, revisions
from twodesks.insights.queries.reading import clip_views, read_insight
from twodesks.kit import markdown
from twodesks.kit.problem import NotFound
from twodesks.people.identity import member_actor

REVISIONS_A_PAGE = 25


@require_safe
def insight(request: HttpRequest, insight_id: int, slug: str | None = None) -> HttpResponse:
    """At one address, with the title in it; a draft that was never kept opens where it is written."""
    actor = member_actor(request)
    page = read_insight(actor, insight_id)
    if page.insight.published_at is None and page.insight.withdrawn_at is None:
        return redirect("edit-insight", insight_id=insight_id)
    if (slug or "") != page.insight.slug:
        return redirect(page.insight, permanent=False)
    return render(request, "insights/insight.html", {"page": page, "insight": page.insight})


@require_safe
def history(request: HttpRequest, insight_id: int) -> HttpResponse:
    """All revisions, and what changed from one to another: `from` and `to` in the address, else the latest change."""
    actor = member_actor(request)
    insight = get_insight(actor, insight_id)
    rows = Paginator(revisions(actor, insight_id), REVISIONS_A_PAGE).get_page(request.GET.get("page"))
    latest = rows.paginator.count
    if not latest:
        raise NotFound
    after = number_or_none(request.GET.get("to", "")) or latest
    before = number_or_none(request.GET.get("from", ""))
    change = change_between(actor, insight_id, after - 1 if before is None else before, after)
    first = () if change.before else clip_views(actor, markdown.render(change.after.body).parts)
    context = {"insight": insight, "rows": rows, "change": change, "latest": latest, "parts": first}
    return render(request, "insights/history.html", context)


@require_POST
def restore(request: HttpRequest, insight_id: int, number: int) -> HttpResponse:
    actor = member_actor(request)
    revision = restore_revision(actor=actor, insight_id=insight_id, number=number)
    messages.success(request, f"Revision {number} is shown again, as revision {revision.number}.")
    return redirect("insight", insight_id=insight_id)


@require_safe
def attachment(request: HttpRequest, insight_id: int, attachment_id: int) -> FileResponse:
    """A picture, to those who see the insight. It never changes, so their browser may keep it."""
    found = get_attachment(member_actor(request), insight_id, attachment_id)
    try:
        file = default_storage.open(found.media_file.storage_name, "rb")
    except FileNotFoundError as error:
        raise NotFound from error
    response = FileResponse(file, content_type=found.media_file.content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
