"""The ledger: append-only statements in xAPI's terms, and the live events that pages listen to."""

import uuid
from datetime import datetime

from django.db import models
from django.utils import timezone


class Statement(models.Model):
    """One thing that somebody did: actor, verb, object, result, context (xAPI 1.0.3, section 4.1).

    Objects live on higher floors, so they are named by type and id. The table refuses UPDATE and DELETE.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True)
    actor = models.ForeignKey("people.Member", null=True, on_delete=models.PROTECT, related_name="statements")
    verb = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    channel_id = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    door = models.CharField(max_length=10)
    stored_at = models.DateTimeField(default=timezone.now)
    happened_at = models.DateTimeField(
        null=True, help_text="When it was done, where that is not when it was stored: xAPI's timestamp."
    )

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-stored_at"], name="statement_by_object"),
            models.Index(fields=["actor", "-stored_at"], name="statement_by_actor"),
            models.Index(fields=["channel_id", "-stored_at"], name="statement_by_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id} {self.verb} {self.object_type} {self.object_id}"

    @property
    def moment(self) -> datetime:
        """When it was done."""
        return self.happened_at or self.stored_at


class LiveEvent(models.Model):
    """Something that pages open now should hear of. Kept for an hour, so that a lost connection can catch up."""

    topic = models.CharField(max_length=80)
    name = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["topic", "id"], name="live_event_by_topic"),
            models.Index(fields=["created_at"], name="live_event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.name}"


class RateBucket(models.Model):
    """How many more times something may be done for now (a token bucket)."""

    key = models.CharField(max_length=200, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
