"""Say who speaks."""

from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.people.queries import get_member
from twodesks.recordings.engine import speakers
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_captions
from twodesks.recordings.queries import member_ids_by_name


@operation("recordings.name_speaker")
def name_speaker(
    *,
    actor: Actor,
    recording_id: int,
    based_on: int,
    cue: int,
    name: str = "",
    member_id: int | None = None,
    everywhere: bool = True,
) -> CaptionTrack:
    """The speaker of cue number `cue` is this member, or whoever is called `name`; neither takes the name away.

    In all that this speaker says, or in the one turn alone. A new version, which can be undone. Raises `NotFound` for a
    member the actor may not know of, `Conflict` or `Invalid`.
    """
    name = one_line(name)
    if member_id is not None:
        name = get_member(actor, member_id).name
    elif name:
        member_id = member_ids_by_name(actor, [name]).get(name)
    return mend_captions(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change=f"Said that {name[:80]} speaks" if name else "Took a speaker’s name away",
        edit=lambda now: speakers.name_speaker(now, at=cue, name=name, member_id=member_id, everywhere=everywhere),
    )
