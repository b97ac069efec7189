"""Check an e-mail address and a password."""

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.people.models import Member

NO_MATCH = "That address and password do not go together. Try again, or have a sign-in link sent to you."


@operation("people.sign_in")
def sign_in(*, actor: Actor, email: str, password: str) -> Member:
    """The member they belong to. Raises `Invalid`, the same whether the address or the password was wrong.

    The door opens the session and limits the tries.
    """
    member = Member.objects.filter(email__iexact=email.strip(), deactivated_at=None).first()
    # An unknown address costs as much time as a known one, so that the difference tells nothing.
    if member is None:
        make_password(password)
        raise Invalid(NO_MATCH, field="password")
    if not check_password(password, member.password):
        raise Invalid(NO_MATCH, field="password")
    with transaction.atomic():
        record_statement(actor=member.as_actor(actor.door), verb="signed-in", object_type="member", object_id=member.pk)
    return member
