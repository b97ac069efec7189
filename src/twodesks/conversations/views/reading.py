"""Messages by their own addresses, their older wordings, and what is new."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from twodesks.conversations.forms import number_or_none, numbers
from twodesks.conversations.operations.react import SIGNS
from twodesks.conversations.pages import head_of, message_page, rows_after, rows_of, rows_since, wordings_of
from twodesks.conversations.queries import get_attachment
from twodesks.conversations.queries.completing import completions_for
from twodesks.conversations.queries.thread import place_of
from twodesks.conversations.views.answering import wants_parts
from twodesks.kit.problem import NotFound
from twodesks.media.queries import signed_url
from twodesks.people.identity import member_actor, signed_in


@require_safe
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message's own address leads to its place, wherever its conversation is by now."""
    place = place_of(member_actor(request), message_id)
    page = reverse("conversation", args=[place.conversation_id])
    window = f"?before={place.before}" if place.before is not None else ""
    return redirect(f"{page}{window}#m{message_id}")


@never_cache
@require_safe
def news(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Parts of the page: messages after `after`, those named in `ids`, the first posted since `since` (seconds since
    1970; all of them without a number), and with `head` what stands above them. So a page looks again at all it shows:
    what is not among them has left."""
    actor, zone = member_actor(request), signed_in(request).time_zone
    wanted = sorted(set(numbers(request.GET, "ids")))
    after = number_or_none(request.GET.get("after", ""))
    found = rows_of(actor, conversation_id, wanted, zone) if wanted else []
    if "since" in request.GET:
        since = datetime.fromtimestamp(min(number_or_none(request.GET["since"]) or 0, 2**33), UTC)
        found += rows_since(actor, conversation_id, since, zone)
    if after is not None:
        found += rows_after(actor, conversation_id, after, zone)
    rows = {row.id: row for row in found}
    context = {
        "rows": sorted(rows.values(), key=lambda row: (row.said.message.posted_at, row.id)),
        "page": head_of(actor, conversation_id, zone) if "head" in request.GET or not rows else None,
        "conversation_id": conversation_id,
    }
    return render(request, "conversations/_parts.html", context)


@never_cache
@require_safe
def completions(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """People after `@`, channels after `#`, as JSON: `[{"insert", "name", "hint", "photo"}]`."""
    found = completions_for(member_actor(request), conversation_id, request.GET.get("q", "")[:80])
    return JsonResponse({"found": [one.as_json() for one in found]})


@never_cache
@require_safe
def more(request: HttpRequest, message_id: int) -> HttpResponse:
    """Everything that can be done with a message: a page of its own, or the part of it for a menu."""
    actor = member_actor(request)
    page = message_page(actor, message_id, signed_in(request).time_zone)
    template = "conversations/_more.html" if wants_parts(request) else "conversations/more.html"
    return render(request, template, {"page": page, "row": page.row, "signs": SIGNS})


@require_safe
def wordings(request: HttpRequest, message_id: int) -> HttpResponse:
    actor = member_actor(request)
    page = message_page(actor, message_id, signed_in(request).time_zone)
    context = {"page": page, "row": page.row, "wordings": wordings_of(actor, message_id, signed_in(request).time_zone)}
    return render(request, "conversations/wordings.html", context)


@require_safe
def file(request: HttpRequest, message_id: int, attachment_id: int) -> HttpResponse:
    """An address of a picture or file that lasts; it leads to one that works for a while."""
    found = get_attachment(member_actor(request), attachment_id)
    if found.message_id != message_id:
        raise NotFound
    response = redirect(signed_url(found.media_file))
    response["Cache-Control"] = "private, max-age=3600"
    return response
