"""Channels: topic spaces with a purpose and stewards, open or private."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class Channel(models.Model):
    """Open: every member sees it. Private: its members alone, administrators included only when they are members."""

    class Visibility(models.TextChoices):
        OPEN = "open", "Open"
        PRIVATE = "private", "Private"

    name = models.CharField(max_length=60)
    slug = models.SlugField(max_length=80, unique=True)
    purpose = models.CharField(max_length=280, blank=True)
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.OPEN)
    created_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="channel_name_once")]

    def __str__(self) -> str:
        return f"#{self.name}"

    @property
    def is_private(self) -> bool:
        return self.visibility == self.Visibility.PRIVATE


class ChannelMembership(models.Model):
    """A member of a private channel."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="channel_memberships")
    added_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "member"], name="channel_membership_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.channel_id}"


class ChannelSteward(models.Model):
    """Somebody who looks after a channel."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="stewardships")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="stewardships")
    added_by = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "member"], name="channel_steward_once")]

    def __str__(self) -> str:
        return f"{self.member_id} looks after {self.channel_id}"


class Following(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="followings")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="followings")
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "member"], name="following_once")]

    def __str__(self) -> str:
        return f"{self.member_id} follows {self.channel_id}"
