"""Insights: the atomic unit of captured knowledge, its revisions, drafts, credits, verdicts and thanks."""

from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone


class Insight(models.Model):
    """Unpublished it is its author's alone; published, whoever sees its channel sees it.

    `title`, `body`, `topics` are those of `current_revision`, kept here so that lists need no join.
    """

    channel = models.ForeignKey(
        "channels.Channel", null=True, blank=True, on_delete=models.PROTECT, related_name="insights"
    )
    author = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="insights_written")
    key = models.CharField(
        max_length=200, null=True, blank=True, help_text="Its name in the source it was imported from."
    )
    title = models.CharField(max_length=200, blank=True)
    slug = models.SlugField(max_length=80, blank=True)
    body = models.TextField(blank=True)
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    current_revision = models.ForeignKey(
        "InsightRevision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recording = models.ForeignKey(
        "recordings.Recording", null=True, blank=True, on_delete=models.SET_NULL, related_name="insights",
        help_text="The recording it was captured from.",
    )  # fmt: skip
    helped_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="insight_key_once_a_channel")]
        indexes = [
            models.Index(fields=["channel", "-published_at"], name="insight_by_channel"),
            models.Index(fields=["-published_at"], name="insight_by_age"),
            models.Index(fields=["-helped_count", "-published_at"], name="insight_by_help"),
            models.Index(fields=["author", "-changed_at"], name="insight_by_author"),
            GinIndex(fields=["topics"], name="insight_by_topic"),
        ]

    def __str__(self) -> str:
        return self.title or f"Insight {self.pk}"

    def get_absolute_url(self) -> str:
        """The same as the page's own address, with the title in it for people."""
        return f"/insights/{self.pk}-{quote(self.slug)}/" if self.slug else f"/insights/{self.pk}/"


class InsightRevision(models.Model):
    """One saved state. Never changed.

    `sources`: [{block, recording_id, start_ms, end_ms} or {block, message_id}], which block of the body came from
    where.
    `key_points`: [{text, recording_id, start_ms, end_ms}]. `is_imported`: an import wrote it, nobody here.
    """

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    key_points = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    author = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="revisions_written")
    note = models.CharField(max_length=280, blank=True)
    is_imported = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insight", "number"], name="revision_number_once")]

    def __str__(self) -> str:
        return f"Revision {self.number} of {self.insight_id}"


class InsightDraft(models.Model):
    """What one member is writing in one insight and has not saved yet; saves itself while they type.

    `version` counts the saves of this draft, so that two tabs of one member notice each other.
    """

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="drafts")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="insight_drafts")
    base_revision = models.ForeignKey(InsightRevision, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    key_points = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insight", "member"], name="draft_once_a_member")]

    def __str__(self) -> str:
        return f"Draft of {self.insight_id} by {self.member_id}"


class InsightAttachment(models.Model):
    """A picture or file in an insight's body; seen by whoever sees the insight."""

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="attachments")
    media_file = models.OneToOneField("media.MediaFile", on_delete=models.PROTECT, related_name="insight_attachment")
    added_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Attachment {self.pk} of {self.insight_id}"


class InsightClip(models.Model):
    """That an insight's current body embeds a stretch of a recording: where each recording is used.

    `words` are what is said in it. They stay when the recording is deleted; `source_id` is its number in the body.
    """

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="embedded_clips")
    recording = models.ForeignKey(
        "recordings.Recording", null=True, on_delete=models.SET_NULL, related_name="embedded_in"
    )
    source_id = models.BigIntegerField(db_index=True)
    words = models.TextField(blank=True)
    start_ms = models.BigIntegerField()
    end_ms = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.source_id} in {self.insight_id}"


class Credit(models.Model):
    class Role(models.TextChoices):
        EXPLAINED = "explained", "explained"
        ASKED = "asked", "asked"
        CAPTURED = "captured", "captured"
        EDITED = "edited", "edited"
        REVIEWED = "reviewed", "reviewed"
        CAPTIONED = "captioned", "captioned"

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="credits")
    member = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="credits")
    role = models.CharField(max_length=10, choices=Role.choices)
    given_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insight", "member", "role"], name="credit_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.role} {self.insight_id}"


class Verdict(models.Model):
    """One member's word on whether an insight helped; a newer one replaces it."""

    class Outcome(models.TextChoices):
        HELPED = "helped", "This helped me"
        DID_NOT_WORK = "did-not-work", "This didn’t work"

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="verdicts")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="verdicts")
    revision = models.ForeignKey(InsightRevision, null=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    reason = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["insight", "member"], name="verdict_once_a_member")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.insight_id}"


class Thanks(models.Model):
    """A member says that somebody's contribution helped, and how."""

    insight = models.ForeignKey(Insight, on_delete=models.CASCADE, related_name="thanks")
    giver = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="thanks_given")
    receiver = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="thanks_received")
    words = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["insight", "giver", "receiver"], name="thanks_once"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="thanks_go_to_others"),
        ]
        indexes = [models.Index(fields=["receiver", "-given_at"], name="thanks_by_receiver")]

    def __str__(self) -> str:
        return f"{self.giver_id} thanks {self.receiver_id}"
