"""Come in by a sign-in link."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.people.models import Member, SignInLink
from twodesks.people.tokens import hash_of

GONE = "This sign-in link has been used or has run out. Ask for a new one on the sign-in page."


@operation("people.use_sign_in_link")
def use_sign_in_link(*, actor: Actor, token: str) -> Member:
    """The member it signs in; the link works once. Raises `NotFound` when it does not hold any more."""
    with transaction.atomic():
        link = (
            SignInLink.objects.select_for_update(of=("self",))
            .select_related("member")
            .filter(token_hash=hash_of(token), used_at=None, expires_at__gt=timezone.now())
            .filter(member__deactivated_at=None)
            .first()
        )
        if link is None:
            raise NotFound(GONE)
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
        record_statement(
            actor=link.member.as_actor(actor.door), verb="signed-in", object_type="member", object_id=link.member_id
        )
        return link.member
