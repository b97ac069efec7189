"""What the layout of every page needs: one query for the organisation and what is new, and the member who is signed in
anyway."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from twodesks.kit.actor import Actor
from twodesks.notifications.queries.reading import News, counted_beside
from twodesks.people.identity import actor_of
from twodesks.people.queries import organisation, organisation_beside
from twodesks.rows.prepared import prepared
from twodesks.web.theme import chosen_theme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from twodesks.people.models import Organisation


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the rail. It is the current one on every address under one of `roots`."""

    name: str
    icon: str
    href: str
    roots: tuple[str, ...]
    on_tab_bar: bool = False

    def holds(self, path: str) -> bool:
        return any(path == root if root == "/" else path.startswith(root) for root in self.roots)


PLACES = (
    Place("Home", "house", "/", ("/",), on_tab_bar=True),
    Place("Ask", "message-circle-question-mark", "/ask/", ("/ask/",), on_tab_bar=True),
    Place("Channels", "hash", "/channels/", ("/channels/", "/conversations/", "/messages/")),
    Place("Library", "library-big", "/library/", ("/library/", "/insights/", "/recordings/"), on_tab_bar=True),
    Place("Courses", "book-open-check", "/courses/", ("/courses/",)),
    Place("People", "users-round", "/people/", ("/people/",)),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. Read when a template first asks, so that parts of pages do not pay for it."""

    organisation: "Organisation | None"
    news: News


def layout(request: HttpRequest) -> dict[str, object]:
    actor = actor_of(request)
    places = [(place, place.holds(request.path)) for place in PLACES]
    frame = SimpleLazyObject(lambda: _frame(actor))
    return {
        "organisation": SimpleLazyObject(lambda: frame.organisation),
        "news": SimpleLazyObject(lambda: frame.news),
        "me": None if actor.is_guest else request.user,
        "administers": actor.is_administrator,
        "places": places,
        "in_more": any(current and not place.on_tab_bar for place, current in places),
        "theme": chosen_theme(request),
    }


def _frame(actor: Actor) -> Frame:
    if actor.is_guest:
        return Frame(organisation(), News())
    found = next(iter(_with_news(actor)), None)
    return Frame(found, News(new=getattr(found, "new", 0), waiting=getattr(found, "waiting", 0)))


@prepared
def _with_news(actor: Actor) -> "QuerySet[Organisation]":
    return organisation_beside(**counted_beside(actor))
