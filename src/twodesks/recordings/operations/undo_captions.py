"""Go back to the version that the captions or chapters shown now are based on."""

from django.db import transaction

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.keep_track import show_track
from twodesks.recordings.operations.mend_track import locked_recording, record_change, require_version


@operation("recordings.undo_captions")
def undo_captions(*, actor: Actor, recording_id: int, based_on: int, kind: str = "captions") -> CaptionTrack:
    """No version is lost: `redo_captions` comes forward again. Raises `Conflict`, or `Invalid` at the first version."""
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        shown = recording.captions if kind == CaptionTrack.Kind.CAPTIONS else recording.chapters
        require_version(shown, based_on)
        if shown is None or shown.based_on is None:
            raise Invalid("This is the first version, so there is nothing to undo.")
        show_track(recording, shown.based_on)
        record_change(actor, recording, shown.based_on)
    return shown.based_on
