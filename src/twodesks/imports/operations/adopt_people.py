"""Remember that a name from elsewhere is a member, so that what comes in later is theirs at once."""

from twodesks.imports.models import ImportedPerson
from twodesks.kit.operation import operation


@operation("imports.adopt_people")
def adopt_people(*, placeholder_id: int, member_id: int) -> None:
    """When a claim was confirmed, in its transaction."""
    ImportedPerson.objects.filter(member_id=placeholder_id).update(member_id=member_id, made_by=None)
