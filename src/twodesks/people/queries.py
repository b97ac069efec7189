"""Reads about the organisation and its members."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.utils import timezone

from twodesks.kit.actor import Actor, guest
from twodesks.kit.problem import NotFound
from twodesks.people import policies
from twodesks.people.engine.availability import Availability, availability
from twodesks.people.models import Invitation, Member, Organisation, Placeholder
from twodesks.people.tokens import invitation_id_of, invitation_token
from twodesks.rows.prepared import prepared

CONSOLE = "django.core.mail.backends.console.EmailBackend"


def can_send_mail() -> bool:
    """Whether there is a server for mail. Without one nothing is sent, rather than written into the log."""
    return bool(settings.EMAIL_BACKEND != CONSOLE)


def organisation() -> Organisation | None:
    """The organisation, or None before the first run has made it."""
    database = str(connection.settings_dict["NAME"])
    if database not in _known:
        found = next(iter(_organisation(guest())), None)
        if found is None:
            return None
        _known[database] = found
    return _known[database]


# Every page shows its name, and once it is founded it stays.
_known: dict[str, Organisation] = {}


def forget_organisation() -> None:
    """Read it anew."""
    _known.clear()


@prepared
def _organisation(actor: Actor) -> QuerySet[Organisation]:
    return organisation_beside()


def organisation_beside(**beside: Combinable) -> QuerySet[Organisation]:
    """The organisation, if there is one, with what else is to be read in the same query, as attributes of its row."""
    return Organisation.objects.annotate(**beside).order_by("pk")[:1]


def members(actor: Actor) -> QuerySet[Member]:
    """Members the actor may see, active ones first to last by name."""
    return Member.objects.filter(policies.members_visible_to(actor)).order_by("name", "pk")


def active_members() -> QuerySet[Member]:
    """All who can sign in; for operations that tell or count people, never for a page as it is."""
    return Member.objects.filter(deactivated_at=None)


def get_member(actor: Actor, member_id: int) -> Member:
    """Raises `NotFound`."""
    found = members(actor).filter(pk=member_id).first()
    if found is None:
        raise NotFound
    return found


def availability_of(member: Member) -> Availability:
    """Whether the member may be asked now."""
    return availability(timezone.now(), member.time_zone, member.not_asked_until)


def get_photo(actor: Actor, member_id: int, name: str) -> IO[bytes]:
    """A member's photo, a WebP of 320 px, opened. Raises `NotFound` for an older name or a lost file."""
    photo = get_member(actor, member_id).photo
    if not photo or PurePosixPath(photo.name or "").name != name:
        raise NotFound
    try:
        return photo.open("rb").file  # type: ignore[no-any-return]
    except FileNotFoundError as error:
        raise NotFound from error


def acting_member(actor: Actor) -> Member:
    """The member behind an actor. Raises `NotFound` for guests and the system."""
    if actor.member_id is None:
        raise NotFound
    return get_member(actor, actor.member_id)


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    id: int
    email: str | None
    role: str
    token: str
    sender: str
    uses_left: int


def open_invitations(actor: Actor) -> list[OpenInvitation]:
    """Invitations that still hold: all of them for administrators, one's own for others."""
    found = (
        Invitation.objects.filter(revoked_at=None, expires_at__gt=timezone.now())
        .select_related("created_by")
        .annotate(used=Count("uses"))
        .filter(used__lt=F("uses_allowed"))
        .order_by("-created_at")
    )
    if not actor.is_administrator:
        found = found.filter(created_by_id=actor.member_id)
    return [
        OpenInvitation(
            id=invitation.pk,
            email=invitation.email,
            role=invitation.role,
            token=invitation_token(invitation.pk),
            sender=invitation.created_by.name,
            uses_left=invitation.uses_allowed - invitation.used,
        )
        for invitation in found[:100]
    ]


def invitation_by_token(token: str) -> Invitation:
    """The invitation behind a genuine token that still holds. Raises `NotFound`."""
    invitation = (
        Invitation.objects.filter(pk=invitation_id_of(token), revoked_at=None, expires_at__gt=timezone.now())
        .select_related("created_by")
        .annotate(used=Count("uses"))
        .filter(used__lt=F("uses_allowed"))
        .first()
    )
    if invitation is None:
        raise NotFound("This invitation has been used, taken back or has run out. Ask whoever sent it for a new one.")
    return invitation


def members_by_email(emails: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Ids and names of active members by address, in lower case. For imports; never for a page as it is."""
    wanted = [email.lower() for email in emails if email]
    found = active_members().annotate(folded=Lower("email")).filter(folded__in=wanted)
    return {folded: (pk, name) for folded, pk, name in found.values_list("folded", "pk", "name")}


def placeholder_of(actor: Actor, member_id: int) -> Placeholder | None:
    """What stands behind a member who is only a name that came from elsewhere; None for everybody else."""
    return (
        Placeholder.objects.filter(member__in=members(actor).order_by(), member_id=member_id)
        .select_related("member", "claimed_by", "merged_into")
        .first()
    )


def open_claims(actor: Actor) -> QuerySet[Placeholder]:
    """Who says that they were whom, for administrators to settle; nothing for others."""
    waiting = Placeholder.objects.filter(claimed_by__isnull=False, merged_at=None)
    waiting = waiting.select_related("member", "claimed_by").order_by("claimed_at")
    return waiting if actor.is_administrator else waiting.none()


def likely_placeholders(actor: Actor) -> QuerySet[Placeholder]:
    """Names from elsewhere that are probably the actor: the same address, or the very same name."""
    member = Member.objects.filter(pk=actor.member_id or 0).first()
    if member is None:
        return Placeholder.objects.none()
    free = Placeholder.objects.filter(merged_at=None).filter(Q(claimed_by=None) | Q(claimed_by=member))
    same = Q(email__iexact=member.email) | Q(member__name__iexact=member.name)
    return free.filter(same).select_related("member").order_by("pk")
