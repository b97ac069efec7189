"""A meeting tool's transcript as a version of the captions: at once, and again when its words have been heard."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import QuerySet
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.recordings.engine.cues import TimedCue, Word, to_rows
from twodesks.recordings.engine.placing import place
from twodesks.recordings.engine.transcripts import Line
from twodesks.recordings.models import CallTranscript, CaptionTrack, Recording
from twodesks.recordings.operations.keep_track import keep_track, show_track
from twodesks.recordings.queries import member_ids_by_name


def keep_transcript(
    actor: Actor,
    recording: Recording,
    transcript: CallTranscript,
    cues: Sequence[TimedCue],
    *,
    based_on: CaptionTrack | None = None,
) -> CaptionTrack:
    """Show these cues from now on, their speakers known as members where the names are theirs alone."""
    known = member_ids_by_name(actor, {cue.speaker for cue in cues if cue.speaker and cue.member_id is None})
    named = [replace(cue, member_id=cue.member_id or known.get(cue.speaker)) for cue in cues]
    rows, words = to_rows(named)
    source = " from ".join(filter(None, ["Took the call’s transcript", transcript.tool]))
    return keep_track(
        actor=actor,
        recording=recording,
        kind=CaptionTrack.Kind.CAPTIONS,
        cues=rows,
        words=words,
        change=f"{source} ({transcript.filename[-100:]})" if transcript.filename else source,
        language=recording.language or None,
        based_on=based_on,
    )


def heard_words(recording: Recording) -> list[Word]:
    """What our own captioning heard, whatever has become of the captions since."""
    track = _heard(recording).first()
    rows = track.words if track is not None else []
    return [Word(row["start_ms"], row["end_ms"], row["text"], row.get("probability", 1.0)) for row in rows]


def heard_version(recording: Recording) -> int | None:
    """Which version of the captions those words are."""
    return _heard(recording).values_list("version", flat=True).first()


def _heard(recording: Recording) -> QuerySet[CaptionTrack]:
    own = CaptionTrack.objects.filter(recording=recording, kind=CaptionTrack.Kind.CAPTIONS).exclude(model="")
    return own.order_by("-version")


def waiting_transcript(recording: Recording) -> CallTranscript | None:
    """The latest transcript, if its words have not been heard yet."""
    latest = CallTranscript.objects.filter(recording=recording).select_related("track").order_by("-brought_at").first()
    return latest if latest is not None and latest.is_waiting else None


def settle_transcript(
    actor: Actor, recording: Recording, transcript: CallTranscript, own: CaptionTrack, shown: CaptionTrack | None
) -> None:
    """Now that `own` captions are there, give the transcript the times of its words.

    `shown` is what stood before `own`: the transcript by its own times, perhaps mended since, or nothing. When the
    words turn out to be another call's, the own captions stay, and undoing goes back to `shown`.
    """
    is_mended = shown is not None and shown.pk != transcript.track_id
    placed = place(
        _lines(shown) if shown is not None and is_mended else [Line(*line) for line in transcript.lines],
        heard_words(recording),
        duration_ms=recording.duration_ms,
        language=recording.language or "en",
    )
    has_times = shown is not None
    if has_times and (placed.agreed is None or (is_mended and placed.is_another_call)):
        # Nothing can be told by what was heard, or people have worked on it: it stays as it is.
        assert shown is not None  # noqa: S101
        show_track(recording, shown)
        transcript.aligned_at = timezone.now()
    elif placed.agreed is None or placed.is_another_call:
        transcript.refused_at = timezone.now()
    else:
        known = _known(shown)
        cues = [replace(cue, member_id=known.get(cue.speaker)) for cue in placed.cues]
        based_on = shown if is_mended else own
        transcript.track = keep_transcript(actor, recording, transcript, cues, based_on=based_on)
        transcript.aligned_at = timezone.now()
    transcript.save(update_fields=["track", "aligned_at", "refused_at"])


def _lines(track: CaptionTrack) -> list[Line]:
    return [
        Line(cue.get("speaker", ""), " ".join(cue["text"].split()), cue["start_ms"], cue["end_ms"])
        for cue in track.cues
    ]


def _known(track: CaptionTrack | None) -> dict[str, int | None]:
    return {cue.get("speaker", ""): cue.get("member_id") for cue in (track.cues if track is not None else [])}
