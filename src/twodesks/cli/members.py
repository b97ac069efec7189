"""Who acts when a command does."""

from twodesks.kit.actor import Actor, Door, Role, system
from twodesks.kit.problem import NotFound
from twodesks.people.queries import members


def acting_member(email: str) -> Actor:
    """The member of that address, or the first administrator when it is empty. Raises `NotFound`."""
    active = members(system(Door.CLI)).filter(deactivated_at=None)
    if email:
        found = active.filter(email__iexact=email.strip()).first()
        if found is None:
            raise NotFound(f"No active member has the address {email}. `twodesks create-admin` makes an administrator.")
    else:
        found = active.filter(role=Role.ADMINISTRATOR.value).order_by("pk").first()
        if found is None:
            raise NotFound("There is no administrator yet. Make one with `twodesks create-admin`, then try again.")
    return found.as_actor(Door.CLI)
