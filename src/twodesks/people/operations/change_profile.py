"""Say who you are."""

from zoneinfo import available_timezones

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.people.models import Member
from twodesks.people.queries import acting_member


@operation("people.change_profile")
def change_profile(
    *, actor: Actor, name: str, time_zone: str, job_title: str = "", place: str = "", helps_with: str = ""
) -> Member:
    """Change one's own profile. Raises `Invalid` with the field at fault."""
    member = acting_member(actor)
    name = one_line(name)
    if not name:
        raise Invalid("Say what people call you.", field="name")
    for field, value, limit in (
        ("name", name, 120),
        ("job_title", job_title, 120),
        ("place", place, 120),
        ("helps_with", helps_with, 1000),
    ):
        if len(value) > limit:
            raise Invalid(f"Keep this under {limit} letters.", field=field)
    if time_zone not in available_timezones():
        raise Invalid("Choose a time zone from the list.", field="time_zone")
    member.name, member.time_zone = name, time_zone
    member.job_title, member.place, member.helps_with = job_title.strip(), place.strip(), helps_with.strip()
    with transaction.atomic():
        member.save(update_fields=["name", "time_zone", "job_title", "place", "helps_with"])
        record_statement(actor=actor, verb="changed-profile", object_type="member", object_id=member.pk)
    return member
