"""Make the organisation and its first administrator, on an installation that has none yet."""

from django.db import transaction

from twodesks.kit.actor import Actor, Role, system
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.models import Member, Organisation
from twodesks.people.operations.add_member import add_member


@operation("people.found_organisation")
def found_organisation(
    *,
    actor: Actor,
    organisation_name: str,
    name: str,
    email: str,
    password: str | None,
    time_zone: str = "UTC",
    is_demo: bool = False,
) -> Member:
    """Found the organisation once. Anybody who reaches an empty installation may; afterwards nobody.

    Raises `Denied` when there is an organisation already, `Invalid` for a bad input.
    """
    organisation_name = " ".join(organisation_name.split())
    if not organisation_name:
        raise Invalid("Say what your organisation is called.", field="organisation_name")
    if len(organisation_name) > 120:
        raise Invalid("Keep the name under 120 letters.", field="organisation_name")
    with transaction.atomic():
        _, founded = Organisation.objects.get_or_create(pk=1, defaults={"name": organisation_name, "is_demo": is_demo})
        if not founded:
            raise Denied("This installation is set up already. Sign in, or ask an administrator for an invitation.")
        return add_member(
            actor=system(actor.door),
            name=name,
            email=email,
            role=Role.ADMINISTRATOR,
            password=password,
            time_zone=time_zone,
        )
