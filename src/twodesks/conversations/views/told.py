"""What a live event about a message carries: the message as its readers would fetch it, drawn once for all of them."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from twodesks.conversations.pages import rows_of
from twodesks.conversations.queries.hearing import onlookers

if TYPE_CHECKING:
    from twodesks.people.models import Member


def drawn_message(conversation_id: int, told: dict[str, Any], members: frozenset[int]) -> Mapping[int, dict[str, Any]]:
    """`html` for each member to whom the message looks as to everybody; the others fetch theirs.

    Each drawing is made as one of those it is for, so it holds nothing that they could not have fetched.
    """
    message_id = int(told["id"])
    alike: dict[str, list[Member]] = defaultdict(list)
    for member in onlookers(conversation_id, message_id, members):
        alike[member.time_zone].append(member)
    found: dict[int, dict[str, Any]] = {}
    for zone, group in alike.items():
        rows = rows_of(group[0].as_actor(), conversation_id, [message_id], zone)
        if not rows:
            continue
        context = {"rows": rows, "page": {"conversation": rows[0].said.message.conversation}}
        words = {"html": render_to_string("conversations/_told.html", context)}
        found |= dict.fromkeys((member.pk for member in group), words)
    return found
