"""Say that a name that came from elsewhere was oneself."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.people import policies
from twodesks.people.models import Placeholder
from twodesks.people.queries import members


@operation("people.claim_placeholder")
def claim_placeholder(*, actor: Actor, member_id: int, withdraw: bool = False) -> Placeholder:
    """Until an administrator has confirmed it, nothing changes. `withdraw` takes one's word back.

    Raises `NotFound` for somebody who is no placeholder, `Denied` when another has claimed it or it is settled.
    """
    claimant = actor.require_member()
    with transaction.atomic():
        visible = members(actor).order_by().values("pk")
        found = Placeholder.objects.select_for_update(of=("self",)).filter(member__in=visible, member_id=member_id)
        placeholder = found.first()
        if placeholder is None:
            raise NotFound
        policies.may_claim(actor, placeholder).require()
        placeholder.claimed_by_id = None if withdraw else claimant
        placeholder.claimed_at = None if withdraw else timezone.now()
        placeholder.save(update_fields=["claimed_by", "claimed_at"])
        verb = "unclaimed" if withdraw else "claimed"
        record_statement(actor=actor, verb=verb, object_type="member", object_id=member_id)
    return placeholder
