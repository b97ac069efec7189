"""Who may see and change recordings, their captions and their clips."""

from django.db.models import Q

from twodesks.channels.queries import in_visible_channels
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny
from twodesks.recordings.models import Clip, Recording


def visible_to(actor: Actor) -> Q:
    """Its owner; and once it is in a channel, whoever sees the channel. Discarded ones nobody."""
    kept = Q(discarded_at=None)
    if actor.is_system:
        return kept
    if actor.member_id is None:
        return Q(pk__in=[])
    return kept & (Q(owner_id=actor.member_id) | in_visible_channels(actor))


def may_change(actor: Actor, recording: Recording) -> Decision:
    """Rename, move, discard: its owner and administrators who see it."""
    if actor.is_administrator or recording.owner_id == actor.member_id:
        return ALLOW
    return deny("Only the person who recorded this can change it. Ask them, or keep a clip of your own.")


def may_caption(actor: Actor, recording: Recording) -> Decision:
    """Mend captions and chapters: whoever sees the recording, since every version can be undone."""
    return ALLOW if not actor.is_guest else deny("Sign in to mend captions.")


def may_delete_clip(actor: Actor, recording: Recording, clip: Clip) -> Decision:
    """Whoever cut it, and whoever may change the recording."""
    if clip.made_by_id == actor.member_id or may_change(actor, recording):
        return ALLOW
    return deny("Only the person who cut this clip, or who made the recording, can throw it away.")
