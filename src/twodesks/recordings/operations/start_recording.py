"""Begin a recording in the browser: room for its bytes, and captions that follow while it is made."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.channels.queries import get_channel, may_post
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.kit.words import clean_line
from twodesks.media.operations.start_upload import start_upload
from twodesks.recordings.models import STEPS, ProcessingStep, Recording

KINDS = ("screen", "camera", "voice")
MAX_TITLE = 200


@operation("recordings.start_recording")
def start_recording(
    *, actor: Actor, kind: str, content_type: str, title: str = "", channel_id: int | None = None
) -> Recording:
    """Make a recording whose length is not known yet. Its pieces go to its upload; `finish_recording` ends it.

    Raises `Invalid` for a kind or type that is not recorded, `NotFound` for a channel the actor may not know of.
    """
    if kind not in KINDS:
        raise Invalid("A recording is of the screen, the camera or the voice.", field="kind")
    if not content_type.startswith(("video/", "audio/")):
        raise Invalid("This browser records in a way that cannot be read here. Try another browser.", field="kind")
    title = checked_title(title)
    check_channel(actor, channel_id)
    with transaction.atomic():
        ending = "mp4" if "mp4" in content_type.split(";")[0] else "webm"
        upload = start_upload(
            actor=actor, filename=f"{title or kind}.{ending}", content_type=content_type, purpose="recording"
        )
        recording = Recording.objects.create(
            title=title, kind=kind, owner_id=actor.require_member(), channel_id=channel_id, upload=upload
        )
        add_steps(recording)
        record_statement(
            actor=actor,
            verb="started",
            object_type="recording",
            object_id=recording.pk,
            channel_id=channel_id,
            context={"kind": kind},
        )
        defer_captions(recording.pk)
    return recording


def defer_captions(recording_id: int) -> None:
    """Jobs of one recording run one after another; a second one finds what the first has done."""
    defer_job("recordings.caption", lock=f"caption:{recording_id}", recording_id=recording_id)


def defer_processing(recording_id: int) -> None:
    defer_job("recordings.process", lock=f"process:{recording_id}", recording_id=recording_id)


def add_steps(recording: Recording) -> None:
    ProcessingStep.objects.bulk_create(ProcessingStep(recording=recording, name=name) for name in STEPS)


def checked_title(title: str) -> str:
    """The title on one line. Raises `Invalid` when it is too long."""
    return clean_line(title, most=MAX_TITLE, field="title", refusal=f"Keep the title under {MAX_TITLE} letters.")


def check_channel(actor: Actor, channel_id: int | None) -> None:
    """Raises `NotFound` or `Denied` unless the actor may put a recording there."""
    if channel_id is not None:
        may_post(actor, get_channel(actor, channel_id)).require()
