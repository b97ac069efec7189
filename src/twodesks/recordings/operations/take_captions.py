"""Take captions and chapters that our own capture made of this recording on another machine."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Denied
from twodesks.recordings.models import CaptionTrack, ProcessingStep, Recording
from twodesks.recordings.queries import get_recording


@operation("recordings.take_captions")
def take_captions(*, actor: Actor, recording_id: int, capture: Mapping[str, Any]) -> CaptionTrack:
    """`capture` is what `twodesks capture --json` writes; the tracks say by which model. The system only.

    Raises `Conflict` when there are captions already.
    """
    if not actor.is_system:
        raise Denied("Captions are put in whole only by the server itself. You can change each word.")
    get_recording(actor, recording_id)
    now = timezone.now()
    with transaction.atomic():
        recording = Recording.objects.select_for_update(of=("self",)).get(pk=recording_id)
        if recording.captions_id is not None:
            raise Conflict("There are captions already; nothing was changed.")
        made = {"recording": recording, "version": 1, "language": capture["language"], "model": capture["model"]}
        recording.captions = CaptionTrack.objects.create(
            kind=CaptionTrack.Kind.CAPTIONS, cues=capture["cues"], words=capture["words"], **made
        )
        if capture["chapters"]:
            recording.chapters = CaptionTrack.objects.create(
                kind=CaptionTrack.Kind.CHAPTERS, cues=_chapter_cues(capture), **made
            )
        recording.duration_ms, recording.language = capture["duration_ms"], capture["language"]
        recording.topics, recording.key_points = capture["topics"], capture["key_points"]
        recording.save(update_fields=["captions", "chapters", "duration_ms", "language", "topics", "key_points"])
        ProcessingStep.objects.filter(recording=recording, name__in=("caption", "structure")).update(
            started_at=now, finished_at=now, progress=1
        )
        record_statement(
            actor=actor,
            verb="captioned",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            context={"model": capture["model"]},
        )
    return recording.captions


def _chapter_cues(capture: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each chapter lasts until the next one."""
    starts = [chapter["start_ms"] for chapter in capture["chapters"]]
    ends = [*starts[1:], capture["duration_ms"]]
    return [
        {"start_ms": chapter["start_ms"], "end_ms": end, "text": chapter["title"]}
        for chapter, end in zip(capture["chapters"], ends, strict=True)
    ]
