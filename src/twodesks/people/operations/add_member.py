"""Add a member: the one way in which members come to be, whatever the door."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor, Role
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.models import Member


@operation("people.add_member")
def add_member(
    *,
    actor: Actor,
    name: str,
    email: str,
    role: Role = Role.MEMBER,
    password: str | None = None,
    time_zone: str = "UTC",
) -> Member:
    """Add a member; without a password they come in by a sign-in link. Administrators and the system only.

    Raises `Invalid` for a bad or taken address, an empty name or an unknown time zone; `Denied` for anybody else.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can add members. You can invite somebody instead.")
    name = one_line(name)
    if not name:
        raise Invalid("Say what people call you.", field="name")
    if len(name) > 120:
        raise Invalid("Keep the name under 120 letters.", field="name")
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid("That is not an e-mail address. It needs one @ and a domain.", field="email") from error
    if time_zone not in available_timezones():
        raise Invalid("Choose a time zone from the list.", field="time_zone")
    member = Member(name=name, email=email, role=role.value, time_zone=time_zone)
    member.set_password(password)
    try:
        with transaction.atomic():
            member.save()
            record_statement(
                actor=member.as_actor(actor.door) if actor.is_system else actor,
                verb="joined",
                object_type="member",
                object_id=member.pk,
            )
    except IntegrityError as error:
        raise Invalid("Somebody with this address is a member already. Sign in instead.", field="email") from error
    return member
