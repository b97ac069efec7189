"""What `@` and `#` may become while somebody writes in a conversation."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from twodesks.channels.queries import people_who_see, visible_channels
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import escape

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Completion:
    """`insert` is what goes into the text; `name` and `hint` are shown."""

    insert: str
    name: str
    hint: str
    photo: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def completions_for(actor: Actor, conversation_id: int, begun: str) -> list[Completion]:
    """`begun`: `@am`, or `#pl`. People are those who may read the conversation. Raises `NotFound`."""
    conversation = get_conversation(actor, conversation_id)
    sign, words = begun[:1], begun[1:].strip()
    if sign == "@":
        return _people(conversation.channel_id, words)
    if sign == "#":
        found = visible_channels(actor).filter(archived_at=None, name__icontains=words).order_by("name")[:OFFERED]
        return [Completion(f"[#{one.name}](/channels/{one.slug}/)", f"#{one.name}", one.purpose) for one in found]
    return []


def _people(channel_id: int, called: str) -> list[Completion]:
    found = people_who_see(channel_id, called, limit=OFFERED)
    names = Counter(member.name.casefold() for member in found)
    # Two of one name can only be told apart by their address.
    return [
        Completion(
            insert=f"@{one.name}" if names[one.name.casefold()] == 1 else f"[@{escape(one.name)}](/people/{one.pk}/)",
            name=one.name,
            hint=one.job_title,
            photo=one.photo_url,
        )
        for one in found
    ]
