"""What the palette offers while somebody types."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, Model, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from twodesks.channels.queries import visible_channels
from twodesks.kit.actor import Actor
from twodesks.people.queries import members
from twodesks.search.queries.results import Hit, search

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.people.models import Member

M = TypeVar("M", bound=Model)

FEW = 5
HITS = 6
# The last word is seldom finished: what is alike enough for a whole word is asked of its beginning.
ALIKE = 0.4
LONGEST = 200
MOST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Suggestions:
    text: str
    hits: Sequence[Hit] = ()
    people: "Sequence[Member]" = ()
    channels: "Sequence[Channel]" = ()

    @property
    def is_empty(self) -> bool:
        return not (self.hits or self.people or self.channels)


def suggest(actor: Actor, text: str) -> Suggestions:
    """Everything that the text may mean; people alone after `@`, channels alone after `#`."""
    text = " ".join(text[:LONGEST].split())
    sign, words = (text[0], text[1:].strip()) if text[:1] in ("@", "#") else ("", text)
    if not words and not sign:
        return Suggestions(text)
    return Suggestions(
        text=text,
        hits=search(actor, words, limit=HITS, while_typing=True).hits if not sign and len(words) > 1 else (),
        people=people_called(actor, words) if sign != "#" else (),
        channels=channels_called(actor, words) if sign != "@" else (),
    )


def people_called(actor: Actor, words: str, *, limit: int = FEW) -> "list[Member]":
    """Active members whose name or address begins with the words, then those whose name is like them."""
    found = members(actor).filter(deactivated_at=None)
    return _called(found, words, Q(email__istartswith=words) if len(words) > 2 else Q(pk__in=[]), limit)


def channels_called(actor: Actor, words: str, *, limit: int = FEW) -> "list[Channel]":
    """Channels the actor sees whose name begins with the words, then those whose name is like them."""
    return _called(visible_channels(actor).filter(archived_at=None), words, Q(pk__in=[]), limit)


def _called(found: QuerySet[M], words: str, besides: Q, limit: int) -> list[M]:
    """One query. Questions of many words are nobody's name."""
    if not words:
        return list(found.order_by(Lower("name"))[:limit])
    if len(words.split()) > MOST_WORDS:
        return []
    begins = Q(name__unaccent__istartswith=words) | Q(name__unaccent__icontains=f" {words}") | besides
    alike = TrigramWordSimilarity(words, "name") if len(words) > 2 else Value(0.0)
    ranked = found.annotate(begins=Case(When(begins, then=1), default=0), likeness=alike)
    named = ranked.filter(Q(begins=1) | Q(name__unaccent__icontains=words) | Q(likeness__gte=ALIKE))
    return list(named.order_by("-begins", "-likeness", Lower("name"))[:limit])
