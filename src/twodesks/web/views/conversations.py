"""The page of a conversation: its messages, what became of it, and what is known nearby."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from twodesks.capture.queries import offer_on, where_it_went
from twodesks.conversations.forms import number_or_none
from twodesks.conversations.operations.mark_conversation_seen import mark_conversation_seen
from twodesks.conversations.pages import conversation_page, head_of
from twodesks.conversations.queries.finding import merged_into
from twodesks.kit.problem import NotFound
from twodesks.people.identity import member_actor, signed_in
from twodesks.search.pages import rows_of
from twodesks.search.queries import search

NEARBY = 3


@never_cache
@require_safe
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """`before` shows the messages before that one, `reply` answers that one. One that was merged leads to the other."""
    actor, zone = member_actor(request), signed_in(request).time_zone
    try:
        page = conversation_page(
            actor,
            conversation_id,
            zone,
            before=number_or_none(request.GET.get("before", "")),
            reply_to_id=number_or_none(request.GET.get("reply", "")),
        )
    except NotFound:
        target = merged_into(actor, conversation_id)
        if target is None:
            raise
        return redirect("conversation", conversation_id=target)
    kept = where_it_went(actor, conversation_id)
    offer = offer_on(actor, conversation_id) if not kept else None
    response = render(request, "web/conversation.html", {"page": page, "offer": offer, "went": kept})
    mark_conversation_seen(actor=actor, conversation_id=conversation_id)
    return response


@never_cache
@require_safe
def nearby(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What was kept or said about the same elsewhere; fetched once the page stands."""
    actor = member_actor(request)
    found = head_of(actor, conversation_id, signed_in(request).time_zone).conversation
    hits = search(actor, found.title, limit=NEARBY + 1).hits
    others = [hit for hit in hits if (hit.kind, hit.id) != ("conversation", conversation_id)][:NEARBY]
    return render(request, "web/_nearby.html", {"rows": rows_of(actor, others)})
