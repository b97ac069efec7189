"""The search page, and what the palette asks for while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from twodesks.people.identity import member_actor
from twodesks.search.pages import dress
from twodesks.search.queries.results import KINDS, search
from twodesks.search.queries.suggestions import suggest

MOST_ASKED = 1000
SHOWN = 20
LABELS = {"insight": "Insights", "recording": "Recordings", "course": "Courses"}


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    text = " ".join(request.GET.get("q", "").split())[:MOST_ASKED]
    kind = request.GET.get("kind", "")
    everything = search(actor, text, limit=SHOWN)
    shown = search(actor, text, limit=SHOWN, kinds=[kind]) if kind in KINDS else everything
    context = {
        "q": text,
        "kind": kind if kind in KINDS else "",
        "found": dress(actor, shown.hits),
        "total": everything.total,
        "facets": [(name, LABELS.get(name, name), everything.counts.get(name, 0)) for name in KINDS if name in LABELS],
        "took_ms": round(everything.took_ms),
    }
    return render(request, "search/search.html", context)


@never_cache
@require_GET
def suggestions(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    text = request.GET.get("q", "")[:MOST_ASKED]
    return render(request, "search/_suggestions.html", {"q": text, "suggestions": suggest(actor, text)})
