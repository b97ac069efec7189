"""Ask for a sign-in link by e-mail."""

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Unavailable
from twodesks.people.models import Member
from twodesks.people.queries import can_send_mail


@operation("people.ask_for_sign_in_link")
def ask_for_sign_in_link(*, actor: Actor, email: str) -> None:
    """Mail a link to the member of this address. Nothing tells whether there is one.

    Raises `Unavailable` where no mail is sent.
    """
    if not can_send_mail():
        raise Unavailable("No mail is sent from here. Ask whoever runs this server to make a sign-in link for you.")
    member = Member.objects.filter(email__iexact=email.strip(), deactivated_at=None).first()
    if member is not None:
        defer_job("people.send_sign_in_link", once=f"sign-in-link:{member.pk}", member_id=member.pk)
