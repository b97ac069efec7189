"""Confirm that a name from elsewhere was a member, or say that it was not."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, NotFound
from twodesks.people import policies
from twodesks.people.models import Placeholder


@operation("people.settle_claim")
def settle_claim(*, actor: Actor, member_id: int, accept: bool) -> Placeholder:
    """Administrators only. Once accepted, all that was written under the name is the member's: those who keep such
    words listen to the statement and change them in the same transaction.

    Raises `NotFound` for no placeholder, `Conflict` when nobody claims it any more.
    """
    policies.may_administer(actor).require()
    with transaction.atomic():
        placeholder = Placeholder.objects.select_for_update(of=("self",)).filter(member_id=member_id).first()
        if placeholder is None:
            raise NotFound
        if placeholder.claimed_by_id is None or placeholder.merged_at is not None:
            raise Conflict("Nobody claims this name any more. Reload the page to see how it stands.")
        claimant = placeholder.claimed_by_id
        if accept:
            placeholder.merged_into_id, placeholder.merged_by_id = claimant, actor.member_id
            placeholder.merged_at = timezone.now()
        else:
            placeholder.claimed_by_id = placeholder.claimed_at = None
        placeholder.save(update_fields=["merged_into", "merged_by", "merged_at", "claimed_by", "claimed_at"])
        record_statement(
            actor=actor,
            verb="merged" if accept else "refused",
            object_type="member",
            object_id=member_id,
            context={"into_member_id": claimant},
        )
    return placeholder
