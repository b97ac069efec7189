"""Find chapters, key points, topics and a title in what was said."""

from dataclasses import asdict
from typing import Any

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.engine.chapters import Chapter, to_rows
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.keep_track import keep_track
from twodesks.recordings.operations.run_step import running_step
from twodesks.recordings.queries import find_recording
from twodesks.speech.structure import Structure, find_structure
from twodesks.speech.words import Word


@operation("recordings.structure_recording")
def structure_recording(*, actor: Actor, recording_id: int) -> None:
    """From the captions shown now. A recording without words has no structure, and that is no failure."""
    recording = find_recording(actor, recording_id)
    if recording is None:
        return
    with running_step(recording, "structure") as step:
        if step is not None and recording.captions is not None:
            track = recording.captions
            words = [
                Word(row["start_ms"], row["end_ms"], row["text"], row.get("probability", 1.0)) for row in track.words
            ]
            duration_ms = recording.duration_ms or (words[-1].end_ms if words else 0)
            found = find_structure(words, language=track.language or "en", duration_ms=duration_ms)
            _keep(actor, recording, found, duration_ms)
    defer_job("recordings.illustrate", once=f"illustrate:{recording_id}", recording_id=recording_id)


def _keep(actor: Actor, recording: Recording, found: Structure, duration_ms: int) -> None:
    with transaction.atomic():
        locked = Recording.objects.select_for_update().get(pk=recording.pk)
        locked.key_points = [asdict(point) for point in found.key_points]
        locked.topics = found.topics
        if not locked.title and found.topics:
            locked.title = found.topics[0][:1].upper() + found.topics[0][1:200]
        locked.save(update_fields=["key_points", "topics", "title"])
        chapters = to_rows([Chapter(chapter.start_ms, chapter.title) for chapter in found.chapters], duration_ms)
        if chapters and _may_replace(locked, chapters):
            keep_track(actor=actor, recording=locked, kind=CaptionTrack.Kind.CHAPTERS, cues=chapters)
        record_statement(
            actor=actor,
            verb="structured",
            object_type="recording",
            object_id=locked.pk,
            channel_id=locked.channel_id,
            result={"chapters": len(found.chapters), "topics": found.topics},
        )


def _may_replace(recording: Recording, chapters: list[dict[str, Any]]) -> bool:
    """Chapters that people have changed stay as they are."""
    if recording.chapters is None:
        return True
    theirs = CaptionTrack.objects.filter(
        recording=recording, kind=CaptionTrack.Kind.CHAPTERS, made_by__isnull=False
    ).exists()
    return not theirs and recording.chapters.cues != chapters
