"""Mail an invitation to the address it is for."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from twodesks.kit.operation import operation
from twodesks.people.models import Invitation, Organisation
from twodesks.people.queries import can_send_mail
from twodesks.people.tokens import invitation_token


@operation("people.send_invitation")
def send_invitation(*, invitation_id: int) -> None:
    """Send it unless it was revoked meanwhile, or mail is not sent any more.

    Mail errors go up, so that the job tries again.
    """
    invitation = Invitation.objects.select_related("created_by").get(pk=invitation_id)
    if invitation.revoked_at is not None or invitation.email is None or not can_send_mail():
        return
    organisation = Organisation.objects.get()
    address = settings.BASE_URL + reverse("join", args=[invitation_token(invitation.pk)])
    send_mail(
        subject=f"{invitation.created_by.name} invites you to {organisation.name} on Twodesks",
        message=render_to_string(
            "people/mail/invitation.txt",
            {"invitation": invitation, "organisation": organisation, "address": address},
        ),
        from_email=None,
        recipient_list=[invitation.email],
    )
