"""Make a sign-in link and mail it to its member."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.people.models import Member
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.queries import can_send_mail

VALID_FOR = timedelta(minutes=30)


@operation("people.send_sign_in_link")
def send_sign_in_link(*, member_id: int) -> None:
    """Nothing where mail is not sent any more. Mail errors go up, so that the job tries again with a fresh link."""
    if not can_send_mail():
        return
    member = Member.objects.get(pk=member_id)
    token = make_sign_in_link(actor=system(), member_id=member.pk, valid_for=VALID_FOR)
    address = settings.BASE_URL + reverse("sign-in-link", args=[token])
    send_mail(
        subject="Your way into Twodesks",
        message=render_to_string("people/mail/sign_in_link.txt", {"member": member, "address": address}),
        from_email=None,
        recipient_list=[member.email],
    )
