"""What `@` and `#` may become while somebody writes in a conversation, and whom a name that was typed means."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from twodesks.channels.queries import may_see, people_who_see, visible_channels
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import escape
from twodesks.kit.problem import Invalid

if TYPE_CHECKING:
    from twodesks.people.models import Member

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


@dataclass(frozen=True, slots=True)
class Named:
    """People of one name, or of a name that begins so, who see a channel."""

    called: str
    people: "Sequence[Member]" = ()
    has_channel: bool = False


def people_called(actor: Actor, called: str, channel_id: int | None) -> Named:
    """Others than the actor. Nobody without a channel, and nobody of one that the actor does not see."""
    called = " ".join(called[:120].split())
    if not called or channel_id is None or not may_see(actor, channel_id):
        return Named(called)
    found = people_who_see(channel_id, called, limit=OFFERED + 1)
    return Named(called, [one for one in found if one.pk != actor.member_id][:OFFERED], has_channel=True)


def one_called(actor: Actor, called: str, channel_id: int) -> int | None:
    """Whom a name that was typed means; None when none was. Raises `Invalid` for nobody, and for more than one."""
    named = people_called(actor, called, channel_id)
    if not named.called:
        return None
    whole = [one for one in named.people if one.name.casefold() == named.called.casefold()]
    meant = whole or named.people
    if len(meant) == 1:
        return meant[0].pk
    if not meant:
        raise Invalid(
            f"Nobody called {named.called} reads this channel. Look at the name again, or leave it out.",
            field="who",
        )
    raise Invalid(f"More than one person is called {named.called} here. Choose one of them below.", field="who")
