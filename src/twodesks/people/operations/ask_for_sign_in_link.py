"""Ask for a sign-in link by e-mail."""

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.models import Member


@operation("people.ask_for_sign_in_link")
def ask_for_sign_in_link(*, actor: Actor, email: str) -> None:
    """Mail a link to the member of this address. Nothing tells whether there is one."""
    member = Member.objects.filter(email__iexact=email.strip(), deactivated_at=None).first()
    if member is not None:
        defer_job("people.send_sign_in_link", once=f"sign-in-link:{member.pk}", member_id=member.pk)
