"""Recordings, the steps they go through, their caption and chapter tracks, and clips."""

from django.db import models
from django.utils import timezone

# What is done to a recording, in the order in which it can be.
STEPS = ("receive", "probe", "caption", "structure", "render")


class Recording(models.Model):
    """Without a channel it is its owner's alone; in a channel, whoever sees the channel sees it."""

    class Kind(models.TextChoices):
        SCREEN = "screen", "Screen"
        CAMERA = "camera", "Camera"
        VOICE = "voice", "Voice"
        FILE = "file", "File"

    title = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    owner = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="recordings")
    channel = models.ForeignKey(
        "channels.Channel", null=True, blank=True, on_delete=models.PROTECT, related_name="recordings"
    )
    upload = models.OneToOneField("media.Upload", null=True, on_delete=models.SET_NULL, related_name="recording")
    media_file = models.OneToOneField("media.MediaFile", null=True, on_delete=models.PROTECT, related_name="recording")
    duration_ms = models.BigIntegerField(null=True)
    language = models.CharField(max_length=20, blank=True)
    topics = models.JSONField(default=list)
    key_points = models.JSONField(default=list, help_text="[{start_ms, end_ms, text}], found in the speech.")
    captions = models.ForeignKey(
        "CaptionTrack",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown now.",
    )
    chapters = models.ForeignKey(
        "CaptionTrack",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Shown now.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["channel", "-created_at"], name="recording_by_channel"),
            models.Index(fields=["owner", "-created_at"], name="recording_by_owner"),
        ]

    def __str__(self) -> str:
        return self.title or f"Recording {self.pk}"


class ProcessingStep(models.Model):
    """One step of making a recording readable: `receive`, `probe`, `caption`, `structure`, `render`.

    Every step ends: `finished_at`, or `failed_at` with `failure` in words for its owner.
    """

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    started_at = models.DateTimeField(null=True)
    progress = models.FloatField(default=0, help_text="0 to 1")
    finished_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    checkpoint = models.JSONField(default=dict, help_text="What a restarted step goes on from.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recording", "name"], name="processing_step_once")]

    def __str__(self) -> str:
        return f"{self.name} of {self.recording_id}"


class CaptionTrack(models.Model):
    """One version of a recording's captions or chapters (WebVTT kinds). Versions are never changed, only followed.

    `cues`: [{start_ms, end_ms, text}] in order; chapters use `text` as title; captions of a call have `speaker`, the
    name as it was given, and `member_id` where that is a member. `words`: [{start_ms, end_ms, text, probability}], for
    captions. `made_by` is None when a model made it, named in `model`.
    """

    class Kind(models.TextChoices):
        CAPTIONS = "captions", "Captions"
        CHAPTERS = "chapters", "Chapters"

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="tracks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=20, blank=True)
    cues = models.JSONField(default=list)
    words = models.JSONField(default=list)
    model = models.CharField(max_length=120, blank=True)
    made_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    based_on = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    change = models.CharField(max_length=200, blank=True, help_text="What changed, in words.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recording", "kind", "version"], name="caption_track_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version} of {self.recording_id}"


class CallTranscript(models.Model):
    """What the meeting tool wrote down of a call. The latest of a recording counts.

    `lines`: [[speaker, text, start_ms, end_ms]], times null where the file has none. `track` is the version of the
    captions that it became. It was compared with what was heard in the recording at `aligned_at`, or at `refused_at`,
    when that turned out to be another call; until then it waits.
    """

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="transcripts")
    tool = models.CharField(max_length=20, blank=True)
    filename = models.CharField(max_length=200, blank=True)
    lines = models.JSONField(default=list)
    brought_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    brought_at = models.DateTimeField(default=timezone.now)
    track = models.ForeignKey(CaptionTrack, null=True, on_delete=models.SET_NULL, related_name="+")
    aligned_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["recording", "-brought_at"], name="transcript_by_recording")]

    def __str__(self) -> str:
        return f"{self.tool or 'Transcript'} of {self.recording_id}"

    @property
    def is_waiting(self) -> bool:
        return self.aligned_at is None and self.refused_at is None


class Clip(models.Model):
    """A time range of a recording (W3C Media Fragments)."""

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="clips")
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()
    title = models.CharField(max_length=200)
    made_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="clips")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start_ms__gte=0, end_ms__gt=models.F("start_ms")), name="clip_runs_forward"
            )
        ]

    def __str__(self) -> str:
        return self.title
