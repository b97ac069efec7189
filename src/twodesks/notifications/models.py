"""Who is told of what, how each member wants to be told, and when."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from twodesks.notifications.engine.kinds import HOWS, KINDS

KIND_CHOICES = [(kind.name, kind.label) for kind in KINDS]
HOW_CHOICES = [(how.value, label) for how, label in HOWS]


class Notification(models.Model):
    """That one member is told of one statement. Lists draw those about one subject together.

    `actor` is None where nobody is named: a hidden asker, or a learner. `subject` names what it is about
    ("conversation:12"). `key` stands in addresses and mail headers, where a running number would tell how many were
    told.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=KIND_CHOICES)
    statement = models.ForeignKey("activity.Statement", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey("people.Member", null=True, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=40)
    conversation = models.ForeignKey(
        "conversations.Conversation", null=True, on_delete=models.CASCADE, related_name="+"
    )
    message = models.ForeignKey("conversations.Message", null=True, on_delete=models.CASCADE, related_name="+")
    insight = models.ForeignKey("insights.Insight", null=True, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey("courses.Course", null=True, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=6, choices=HOW_CHOICES, help_text="As the member wished when it was made.")
    made_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "statement"], name="notification_once")]
        indexes = [
            models.Index(fields=["member", "-made_at"], name="notification_by_member"),
            models.Index(fields=["member"], name="notification_new", condition=models.Q(seen_at=None)),
            models.Index(
                fields=["member", "how"], name="notification_to_mail",
                condition=models.Q(mailed_at=None, seen_at=None, how__in=["mail", "digest"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject} for {self.member_id}"


class NotificationChoice(models.Model):
    """How a member wants to be told of a kind, in one channel or (`channel` None) anywhere else."""

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=KIND_CHOICES)
    channel = models.ForeignKey("channels.Channel", null=True, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=6, choices=HOW_CHOICES)
    chosen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "channel"], nulls_distinct=False, name="notification_choice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.channel_id}: {self.how}"


class NotificationHours(models.Model):
    """When a member is disturbed, in hours of their own time zone. None: no digest, no quiet hours."""

    member = models.OneToOneField("people.Member", on_delete=models.CASCADE, related_name="+")
    digest_hour = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(23)])
    digest_sent_on = models.DateField(null=True, blank=True, help_text="The member's own day.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__lte=23, quiet_until__lte=23),
                name="quiet_hours_both_or_none",
            ),
            models.CheckConstraint(
                condition=models.Q(digest_hour=None) | models.Q(digest_hour__lte=23), name="digest_hour_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"Hours of {self.member_id}"
