"""Take away names that were brought in and that nothing carries any more."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import ProtectedError

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people import policies
from twodesks.people.models import Member


@operation("people.remove_placeholders")
def remove_placeholders(*, actor: Actor, member_ids: Sequence[int]) -> int:
    """How many went; those whose words or credits are still here stay, and so does everybody who is a member."""
    policies.may_administer(actor).require()
    removed = 0
    for member in Member.objects.filter(pk__in=member_ids, placeholder__merged_at=None, placeholder__isnull=False):
        try:
            with transaction.atomic():
                member.delete()
        except ProtectedError:
            continue
        removed += 1
    return removed
