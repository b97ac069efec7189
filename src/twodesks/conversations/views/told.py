"""What live events about messages carry: each message as its readers would fetch it, drawn once for all of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from twodesks.conversations.pages import rows_of
from twodesks.conversations.queries.hearing import onlookers

if TYPE_CHECKING:
    from twodesks.people.models import Member


@dataclass(slots=True)
class _Reading:
    """What one reader reads for others of the same time zone: members by the message that looks the same to them."""

    reader: "Member"
    alike: "dict[int, list[Member]]" = field(default_factory=dict)


def drawn_messages(
    conversation_id: int, told: Sequence[dict[str, Any]], members: frozenset[int]
) -> list[Mapping[int, dict[str, Any]]]:
    """For each event, `html` for each member to whom its message looks as to everybody; the others fetch theirs.

    Each drawing is made as one of those it is for, so it holds nothing that they could not have fetched.
    """
    message_ids = [int(one["id"]) for one in told]
    found: dict[int, dict[int, dict[str, Any]]] = {message_id: {} for message_id in message_ids}
    for reading in _readings(onlookers(conversation_id, message_ids, members)):
        reader = reading.reader
        for row in rows_of(reader.as_actor(), conversation_id, list(reading.alike), reader.time_zone):
            context = {"rows": [row], "page": {"conversation": row.said.message.conversation}}
            words = {"html": render_to_string("conversations/_told.html", context)}
            found[row.id] |= dict.fromkeys((member.pk for member in reading.alike[row.id]), words)
    return [found[message_id] for message_id in message_ids]


def _readings(watching: "Mapping[int, Sequence[Member]]") -> list[_Reading]:
    """As few as there are: one reads all the messages for which they are the first of their time zone."""
    readings: dict[int, _Reading] = {}
    for message_id, members in watching.items():
        by_zone: dict[str, list[Member]] = defaultdict(list)
        for member in members:
            by_zone[member.time_zone].append(member)
        for group in by_zone.values():
            readings.setdefault(group[0].pk, _Reading(group[0])).alike[message_id] = group
    return list(readings.values())
