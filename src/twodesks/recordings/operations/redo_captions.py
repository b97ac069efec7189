"""Come forward again to the version that was undone last."""

from django.db import transaction

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.keep_track import show_track
from twodesks.recordings.operations.mend_track import locked_recording, record_change, require_version


@operation("recordings.redo_captions")
def redo_captions(*, actor: Actor, recording_id: int, based_on: int, kind: str = "captions") -> CaptionTrack:
    """The latest version made of the one shown now. Raises `Conflict`, or `Invalid` when none was."""
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        shown = recording.captions if kind == CaptionTrack.Kind.CAPTIONS else recording.chapters
        require_version(shown, based_on)
        made_of_it = CaptionTrack.objects.filter(recording=recording, kind=kind, based_on=shown).order_by("-version")
        following = made_of_it.first() if shown else None
        if following is None:
            raise Invalid("This is the latest version, so there is nothing to bring back.")
        show_track(recording, following)
        record_change(actor, recording, following)
    return following
