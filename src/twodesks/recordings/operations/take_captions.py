"""Take captions and chapters that our own capture made of this recording on another machine."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Denied
from twodesks.recordings.engine.chapters import Chapter
from twodesks.recordings.engine.chapters import to_rows as chapter_rows
from twodesks.recordings.engine.cues import from_rows, to_rows
from twodesks.recordings.models import CaptionTrack, ProcessingStep, Recording
from twodesks.recordings.operations.keep_track import keep_track
from twodesks.recordings.queries import get_recording


@operation("recordings.take_captions")
def take_captions(*, actor: Actor, recording_id: int, capture: Mapping[str, Any]) -> CaptionTrack:
    """`capture` is what `twodesks capture --json` writes; the tracks say by which model. The system only.

    Raises `Conflict` when there are captions already.
    """
    if not actor.is_system:
        raise Denied("Captions are put in whole only by the server itself. You can change each word.")
    get_recording(actor, recording_id)
    cues, words = to_rows(from_rows(capture["cues"], capture["words"]))
    with transaction.atomic():
        recording = Recording.objects.select_for_update(of=("self",)).get(pk=recording_id)
        if recording.captions_id is not None:
            raise Conflict("There are captions already; nothing was changed.")
        made = {"actor": actor, "recording": recording, "language": capture["language"], "model": capture["model"]}
        track = keep_track(kind=CaptionTrack.Kind.CAPTIONS, cues=cues, words=words, **made)
        if capture["chapters"]:
            chapters = [Chapter(chapter["start_ms"], chapter["title"]) for chapter in capture["chapters"]]
            keep_track(kind=CaptionTrack.Kind.CHAPTERS, cues=chapter_rows(chapters, capture["duration_ms"]), **made)
        recording.duration_ms, recording.language = capture["duration_ms"], capture["language"]
        recording.topics, recording.key_points = capture["topics"], capture["key_points"]
        recording.save(update_fields=["duration_ms", "language", "topics", "key_points"])
        ProcessingStep.objects.filter(recording=recording, name__in=("caption", "structure")).update(
            started_at=timezone.now(), finished_at=timezone.now(), progress=1
        )
        record_statement(
            actor=actor,
            verb="captioned",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            result={"cues": len(cues), "words": len(words), "language": capture["language"]},
        )
    return track
