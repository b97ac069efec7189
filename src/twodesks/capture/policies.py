"""Who may keep what was said where."""

from typing import TYPE_CHECKING

from twodesks.channels import queries as channels
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny

if TYPE_CHECKING:
    from twodesks.channels.models import Channel


def may_list(actor: Actor, channel: "Channel") -> Decision:
    """See everything that is worth keeping in a channel: those who look after it, and curators who see it."""
    if actor.is_curator or channels.may_change(actor, channel):
        return ALLOW
    return deny(f"Those who look after {channel} see what is worth keeping there.")


def may_leave(actor: Actor, source: "Channel", target_id: int | None, *, confirmed: bool) -> Decision:
    """Let what was said in `source` be read in another channel: where that is private, a steward must say so."""
    if not source.is_private or target_id in (None, source.pk):
        return ALLOW
    if not channels.may_change(actor, source):
        return deny(
            f"This was said in {source}, which is private. Keep it there, or ask those who look after {source} to let "
            "it be read elsewhere."
        )
    if confirmed:
        return ALLOW
    return deny(
        f"This was said in {source}, which is private. You look after it: say that others may read this, and try again."
    )
