"""Throw a clip away. The recording stays as it is."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.recordings import policies
from twodesks.recordings.models import Clip
from twodesks.recordings.queries import get_recording


@operation("recordings.delete_clip")
def delete_clip(*, actor: Actor, recording_id: int, clip_id: int) -> None:
    """Whoever cut it, and whoever may change the recording. Raises `NotFound` or `Denied`."""
    recording = get_recording(actor, recording_id)
    clip = Clip.objects.filter(recording=recording, pk=clip_id).first()
    if clip is None:
        raise NotFound
    policies.may_delete_clip(actor, recording, clip).require()
    with transaction.atomic():
        record_statement(
            actor=actor,
            verb="unclipped",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            result={"clip_id": clip_id, "title": clip.title},
        )
        clip.delete()
