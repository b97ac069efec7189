"""Make a link that signs one member in, once."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound
from twodesks.people.models import Member, SignInLink
from twodesks.people.tokens import hash_of, new_secret


@operation("people.make_sign_in_link")
def make_sign_in_link(*, actor: Actor, member_id: int, valid_for: timedelta = timedelta(hours=1)) -> str:
    """The link's token. The system (command line, mail) only: whoever holds it is that member.

    Raises `Denied`, or `NotFound` for a member who left.
    """
    if not actor.is_system:
        raise Denied("Sign-in links are made on the server, or sent to the member's own address.")
    if not Member.objects.filter(pk=member_id, deactivated_at=None).exists():
        raise NotFound("There is no such member.")
    secret = new_secret()
    with transaction.atomic():
        SignInLink.objects.create(
            member_id=member_id, token_hash=hash_of(secret), expires_at=timezone.now() + valid_for
        )
        record_statement(actor=actor, verb="made-sign-in-link", object_type="member", object_id=member_id)
    return secret
