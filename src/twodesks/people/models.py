"""The organisation, its members, and the ways in."""

from pathlib import PurePosixPath
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from twodesks.kit.actor import Actor, Door, Role
from twodesks.kit.lines import initials

ROLE_CHOICES = [(role.value, role.value.capitalize()) for role in Role]


class Organisation(models.Model):
    """The one organisation that an installation serves."""

    name = models.CharField(max_length=120)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="organisation_is_one")]

    def __str__(self) -> str:
        return self.name


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, email: str | None) -> "Member":
        return self.get(email__iexact=email)


class Member(AbstractBaseUser):
    """A person in the organisation. E-mail addresses are one whatever their case."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, default=Role.MEMBER.value)
    job_title = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    helps_with = models.TextField(blank=True)
    not_asked_until = models.DateTimeField(
        null=True, blank=True, help_text="Would rather not be asked before; None or a time gone by is free."
    )
    photo = models.ImageField(upload_to="photos/", null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    session_generation = models.PositiveIntegerField(
        default=0, help_text="Part of every session's hash: one more signs the member out everywhere."
    )

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="member_email_once")]
        indexes = [models.Index(Lower("name"), name="member_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.deactivated_at is None

    @property
    def initials(self) -> str:
        return initials(self.name)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.email

    @property
    def photo_url(self) -> str:
        """Where the photo is, for members; empty without one. Its name changes with the picture, so it caches well."""
        return f"/people/{self.pk}/photo/{PurePosixPath(self.photo.name or '').name}" if self.photo else ""

    def get_session_auth_hash(self) -> str:
        return f"{super().get_session_auth_hash()}:{self.session_generation}"

    def as_actor(self, door: Door = Door.WEB) -> Actor:
        return Actor(member_id=self.pk, role=Role(self.role), door=door)


class Invitation(models.Model):
    """A way to join: for one address, or a link that several may use. Its token is signed, so none is kept."""

    email = models.EmailField(max_length=254, null=True, blank=True)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES, default=Role.MEMBER.value)
    created_by = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="invitations_sent")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    uses_allowed = models.PositiveIntegerField(default=1)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Member, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"Invitation {self.pk}"


class InvitationUse(models.Model):
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="uses")
    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="joined_through")
    used_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.member} by {self.invitation}"


class SignInLink(models.Model):
    """A link that signs one member in, once. Only the token's hash is kept."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Sign-in link {self.pk}"


class Placeholder(models.Model):
    """That a member only stands for somebody who wrote elsewhere: nobody signs in by it.

    A member may say that it was them; once an administrator has confirmed it, what it wrote is theirs.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="placeholder")
    came_from = models.CharField(max_length=40)
    handle = models.CharField(max_length=80, blank=True)
    email = models.EmailField(max_length=254, blank=True, help_text="Their address there, if it was told.")
    made_at = models.DateTimeField(default=timezone.now)
    claimed_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="claims")
    claimed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="merged_placeholders")
    merged_at = models.DateTimeField(null=True)
    merged_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(Lower("email"), name="placeholder_by_email")]

    def __str__(self) -> str:
        return f"{self.member_id} from {self.came_from}"
