"""Uploads on their way in, the files that arrived, and what was made of them."""

import uuid

from django.db import models
from django.utils import timezone


class Upload(models.Model):
    """A file on its way in, in resumable pieces (tus 1.0). `received_bytes` never exceeds what is safely on disk."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="uploads")
    purpose = models.CharField(max_length=20)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120, blank=True)
    total_bytes = models.BigIntegerField(null=True, help_text="Unknown while it is still being recorded.")
    received_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_piece_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="upload_by_owner")]

    def __str__(self) -> str:
        return f"{self.filename} ({self.received_bytes} bytes)"


class MediaFile(models.Model):
    """An original, kept as it came, with what probing found out. Who may see it is said by what it belongs to."""

    owner = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="media_files")
    storage_name = models.CharField(max_length=255, unique=True)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=120)
    total_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    duration_ms = models.BigIntegerField(null=True)
    has_audio = models.BooleanField(null=True)
    has_video = models.BooleanField(null=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    probe = models.JSONField(default=dict)
    upload = models.OneToOneField(Upload, null=True, on_delete=models.SET_NULL, related_name="media_file")
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.filename


class Rendition(models.Model):
    """Something made from an original: `video`, `audio`, `poster`, `thumbnail` (at `at_ms`), `waveform`."""

    media_file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=20)
    at_ms = models.BigIntegerField(null=True)
    storage_name = models.CharField(max_length=255, unique=True)
    content_type = models.CharField(max_length=120)
    total_bytes = models.BigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict, help_text="Small figures in place, such as waveform peaks.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["media_file", "kind", "at_ms"], nulls_distinct=False, name="rendition_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.media_file_id}"
