"""The search page, and what the palette offers while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from twodesks.people.identity import member_actor
from twodesks.search.pages import search_page
from twodesks.search.queries import suggest


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """`q`, narrowed by `kind` and `topic`; `all` shows every result instead of the first ones."""
    page = search_page(
        member_actor(request),
        _text(request, "q"),
        kind=_text(request, "kind"),
        topic=_text(request, "topic")[:60],
        everything="all" in request.GET,
    )
    return render(request, "search/search.html", {"page": page})


@require_safe
@cache_control(private=True, no_store=True)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Groups of options, for the palette."""
    found = suggest(member_actor(request), _text(request, "q"))
    return render(request, "search/_suggestions.html", {"found": found})


def _text(request: HttpRequest, name: str) -> str:
    # What PostgreSQL cannot hold cannot be found either.
    return request.GET.get(name, "").replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
