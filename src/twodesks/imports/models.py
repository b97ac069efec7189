"""What was brought in: sources, runs of an import, and what people and channels there became here."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

UNDO_WITHIN = timedelta(days=30)


class ImportSource(models.Model):
    """A workspace or site elsewhere. Messages and conversations name it (`source_id`), so that they come in once."""

    kind = models.CharField(max_length=20)
    identity = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "identity"], name="import_source_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class ImportRun(models.Model):
    """One time that an export is brought in: from the file, by the preview, to the report, and perhaps undone.

    `cursor` counts the stretches of the source that are wholly in; it moves in the transaction that takes them in.
    Messages and conversations of this run have ids from `first_…` to `last_…`, and its source: at most one run of a
    source goes on at a time. `channels`: what each asked channel becomes, an id or 0 for a new one; None is all.
    """

    kind = models.CharField(max_length=20)
    source = models.ForeignKey(ImportSource, null=True, on_delete=models.PROTECT, related_name="runs")
    name = models.CharField(max_length=255)
    upload_id = models.UUIDField(null=True, help_text="The file, when it came by the page.")
    path = models.TextField(blank=True, help_text="The file or folder, when it is on the server.")
    digest = models.CharField(max_length=64, blank=True)
    with_bots = models.BooleanField(default=False)
    with_direct_messages = models.BooleanField(default=False)
    channels = models.JSONField(null=True)
    asked_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="imports")
    asked_at = models.DateTimeField(default=timezone.now)
    preview = models.JSONField(null=True)
    looked_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    paused_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    undo_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    undo_at = models.DateTimeField(null=True, help_text="When somebody asked for it to be undone.")
    undo_tries = models.PositiveSmallIntegerField(default=0)
    undo_failed_at = models.DateTimeField(null=True)
    undo_failure = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
    undo_report = models.JSONField(null=True)
    cursor = models.PositiveIntegerField(default=0)
    stretches = models.PositiveIntegerField(default=0)
    current = models.CharField(max_length=120, blank=True, help_text="The channel that is coming in.")
    messages = models.PositiveIntegerField(default=0)
    conversations = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0, help_text="Messages from before that have newer words by it.")
    removed = models.PositiveIntegerField(default=0, help_text="Messages from before that were taken back there.")
    people_known = models.PositiveIntegerField(default=0)
    people_new = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    ahead = models.JSONField(
        null=True, default=list,
        help_text="Keys of messages of stretches after the cursor: read again after a stop. None: all are.",
    )  # fmt: skip
    first_message_id = models.BigIntegerField(null=True)
    last_message_id = models.BigIntegerField(null=True)
    first_conversation_id = models.BigIntegerField(null=True)
    last_conversation_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-asked_at"], name="import_run_by_time")]
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(started_at__isnull=False, ended_at=None, failed_at=None, undo_at=None),
                name="import_run_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"

    def get_absolute_url(self) -> str:
        return f"/administration/import/{self.pk}/"

    @property
    def is_undo_asked(self) -> bool:
        """Whether it is being undone or is undone. What failed may be asked for once more."""
        return self.undo_at is not None and self.undo_failed_at is None

    @property
    def state(self) -> str:
        """`looking`, `preview`, `running`, `paused`, `failed`, `report`, `undoing`, `undo-failed` or `undone`."""
        answers = (
            (self.undone_at, "undone"),
            (self.undo_failed_at, "undo-failed"),
            (self.undo_at, "undoing"),
            (self.failed_at, "failed"),
            (self.ended_at, "report"),
            (self.paused_at, "paused"),
            (self.started_at, "running"),
            (self.looked_at, "preview"),
        )
        return next((state for moment, state in answers if moment is not None), "looking")

    @property
    def undo_until(self) -> datetime:
        return (self.started_at or self.asked_at) + UNDO_WITHIN

    @property
    def share(self) -> float:
        return min(1.0, self.cursor / self.stretches) if self.stretches else 0.0


class RunChannel(models.Model):
    """How much of a channel has come in by a run."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="run_channels")
    key = models.CharField(max_length=200)
    channel = models.ForeignKey("channels.Channel", null=True, on_delete=models.SET_NULL, related_name="+")
    messages = models.PositiveIntegerField(default=0)
    conversations = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="run_channel_once")]

    def __str__(self) -> str:
        return f"{self.key} by run {self.run_id}"


class ImportedChannel(models.Model):
    """What a channel of a source became. `made_by` is the run that made it here; None where one was there already."""

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="channels")
    key = models.CharField(max_length=200)
    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="made_channels")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="imported_channel_once")]

    def __str__(self) -> str:
        return f"{self.key} is {self.channel_id}"


class ImportedPerson(models.Model):
    """Who a person of a source is here: a member of the same address, or a placeholder that `made_by` made."""

    source = models.ForeignKey(ImportSource, on_delete=models.CASCADE, related_name="people")
    key = models.CharField(max_length=200)
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="made_people")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="imported_person_once")]
        indexes = [models.Index(fields=["member"], name="imported_person_by_member")]

    def __str__(self) -> str:
        return f"{self.key} is {self.member_id}"


class ImportedFile(models.Model):
    """A file in an export that goes with a message: taken over after the messages are in, or why it could not be."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    message_id = models.BigIntegerField()
    archive_path = models.TextField()
    name = models.CharField(max_length=200)
    link = models.TextField(blank=True, help_text="Where it is elsewhere, should its bytes be broken here.")
    total_bytes = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "id"], name="imported_file_waiting", condition=models.Q(taken_at=None, failure="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} with message {self.message_id}"
