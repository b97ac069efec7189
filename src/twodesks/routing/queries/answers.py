"""Answers that are there already."""

from collections.abc import Sequence
from dataclasses import replace

from twodesks.kit.actor import Actor
from twodesks.routing.queries.matches import Matches
from twodesks.search.queries import Hit, Moment
from twodesks.search.queries.results import accepted_answers

MOST = 3


def answers_for(actor: Actor, matches: Matches, *, limit: int = MOST) -> Sequence[Hit]:
    """The best hits. A conversation with an accepted answer opens at it, even where another message has the words."""
    hits = matches.hits[:limit]
    asked = [hit.id for hit in hits if hit.kind == "conversation"]
    accepted = accepted_answers(actor, asked, matches.text) if asked else {}
    return [
        replace(hit, moments=_first(accepted[hit.id], hit))
        if hit.kind == "conversation" and hit.id in accepted
        else hit
        for hit in hits
    ]


def _first(moment: Moment, hit: Hit) -> tuple[Moment, ...]:
    others = tuple(one for one in hit.moments if one.url != moment.url)
    return (moment, *others)[: max(1, len(hit.moments))]
