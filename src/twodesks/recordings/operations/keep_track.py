"""Keep a new version of a recording's captions or chapters, and show it from now on."""

from typing import Any

from django.db.models import Max

from twodesks.activity.live import publish
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.engine.points import carry_points
from twodesks.recordings.models import CaptionTrack, Recording


@operation("recordings.keep_track")
def keep_track(
    *,
    actor: Actor,
    recording: Recording,
    kind: CaptionTrack.Kind,
    cues: list[dict[str, Any]],
    words: list[dict[str, Any]] | None = None,
    change: str = "",
    model: str = "",
    language: str | None = None,
    based_on: CaptionTrack | None = None,
) -> CaptionTrack:
    """Inside the transaction of a change that holds the recording's row locked, so that versions are numbered in turn.

    The version shown so far is what the new one is based on, unless another is named; undoing goes back to it.
    """
    shown = recording.captions if kind == CaptionTrack.Kind.CAPTIONS else recording.chapters
    last = CaptionTrack.objects.filter(recording=recording, kind=kind).aggregate(last=Max("version"))["last"] or 0
    track = CaptionTrack.objects.create(
        recording=recording,
        kind=kind,
        version=last + 1,
        language=(shown.language if shown else "") if language is None else language,
        cues=cues,
        words=words or [],
        model=model,
        made_by_id=actor.member_id,
        based_on=based_on or shown,
        change=change[:200],
    )
    show_track(recording, track)
    return track


def show_track(recording: Recording, track: CaptionTrack) -> None:
    """Let the recording show this version; its key points say what it says."""
    changed = ["captions" if track.kind == CaptionTrack.Kind.CAPTIONS else "chapters"]
    if track.kind == CaptionTrack.Kind.CAPTIONS and recording.captions is not None and recording.key_points:
        spaced = any(" " in str(cue["text"]) for cue in track.cues)
        recording.key_points = carry_points(recording.key_points, recording.captions.words, track.words, spaced=spaced)
        changed.append("key_points")
    setattr(recording, changed[0], track)
    recording.save(update_fields=changed)
    publish(f"recording:{recording.pk}", "track", kind=str(track.kind), version=track.version)
