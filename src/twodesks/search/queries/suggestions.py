"""What the palette offers while somebody types: people, channels, and the best places."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from twodesks.channels.queries import visible_channels
from twodesks.kit.actor import Actor
from twodesks.people.queries import members
from twodesks.search.queries.results import Hit, search

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.people.models import Member

MOST_PLACES = 6
MOST_NAMES = 3
MOST_ALONE = 8


@dataclass(frozen=True, slots=True)
class Suggestions:
    places: tuple[Hit, ...]
    people: tuple["Member", ...]
    channels: tuple["Channel", ...]

    @property
    def is_empty(self) -> bool:
        return not (self.places or self.people or self.channels)


def suggest(actor: Actor, text: str) -> Suggestions:
    """`@` keeps to people and `#` to channels; both by any part of a name. Raises `SignInNeeded` for guests."""
    actor.require_member()
    words = " ".join(text.split())[:200]
    if words.startswith("@"):
        return Suggestions((), _people(actor, words[1:].strip(), MOST_ALONE), ())
    if words.startswith("#"):
        return Suggestions((), (), _channels(actor, words[1:].strip(), MOST_ALONE))
    if len(words) < 2:
        return Suggestions((), (), ())
    hits = search(actor, words, limit=MOST_PLACES).hits
    return Suggestions(hits, _people(actor, words, MOST_NAMES), _channels(actor, words, MOST_NAMES))


def _people(actor: Actor, words: str, most: int) -> tuple["Member", ...]:
    found = members(actor).filter(deactivated_at=None)
    for word in words.split()[:4]:
        found = found.filter(name__icontains=word)
    return tuple(found[:most])


def _channels(actor: Actor, words: str, most: int) -> tuple["Channel", ...]:
    wanted = Q(name__icontains=words) | Q(slug__icontains=words.replace(" ", "-"))
    return tuple(visible_channels(actor).filter(wanted, archived_at=None).order_by("name")[:most])
