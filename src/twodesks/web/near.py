"""Insights that what was said in a conversation could join, instead of becoming one more."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from twodesks.capture.queries.near import joinable, words_to_find
from twodesks.capture.queries.reading import Heard
from twodesks.kit.actor import Actor
from twodesks.search.queries import Hit, search, shares_words

if TYPE_CHECKING:
    from twodesks.insights.models import Insight

SHOWN = 3
# Of so many that are found, those that the actor may not add to or that are not near are left out.
LOOKED_AT = 12
# Of the words in the draft's title, so many must be in what was found: any library has something that is nearest.
NEAR = 0.4


def near_insights(actor: Actor, heard: Heard, *, except_ids: Collection[int] = ()) -> "list[Insight]":
    """The nearest first, each with its channel. One search and one query more."""
    if not heard.messages:
        return []
    title, explanation = words_to_find(heard)
    hits = search(actor, f"{title} {explanation}", limit=LOOKED_AT, kinds=["insight"]).hits
    near = [hit.id for hit in hits if hit.id not in except_ids and _is_near(hit, title)]
    return joinable(actor, heard.conversation, near)[:SHOWN]


def _is_near(hit: Hit, title: str) -> bool:
    found = " ".join([hit.title, *(moment.excerpt.text for moment in hit.moments)])
    return shares_words(title, found) >= NEAR
