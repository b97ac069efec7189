"""Where a question belongs."""

from collections import defaultdict
from typing import TYPE_CHECKING

from twodesks.channels.queries import postable_channels
from twodesks.kit.actor import Actor
from twodesks.routing.queries.matches import Matches

if TYPE_CHECKING:
    from twodesks.channels.models import Channel

MOST = 3


def channels_for(actor: Actor, matches: Matches) -> "list[Channel]":
    """The channels that what is like the question lives in, likeliest first; only those the actor may post in."""
    scores = _scores(matches)
    if not scores:
        return []
    found = [channel for channel in postable_channels(actor) if channel.pk in scores]
    return sorted(found, key=lambda channel: -scores[channel.pk])[:MOST]


def likeliest_channel_id(matches: Matches) -> int | None:
    scores = _scores(matches)
    return max(scores, key=lambda channel_id: scores[channel_id]) if scores else None


def _scores(matches: Matches) -> dict[int, float]:
    scores: dict[int, float] = defaultdict(float)
    for likeness in matches.sources.values():
        if likeness.channel_id is not None:
            scores[likeness.channel_id] += likeness.words + likeness.meaning
    return dict(scores)
