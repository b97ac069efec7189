"""Put a mail together; a step of the operations that send one."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from twodesks.notifications.engine.mail_headers import automatic_headers, domain_of, one_line, sender
from twodesks.notifications.tokens import stop_token
from twodesks.people.queries import organisation


def mail_domain() -> str:
    return domain_of(settings.MAIL_REPLY_ADDRESS or settings.DEFAULT_FROM_EMAIL)


def compose(
    *, to: str, subject: str, template: str, context: dict[str, object], speaker: str = "", stops: tuple[int, str]
) -> EmailMultiAlternatives:
    """Text and HTML of `notifications/mail/{template}`. `stops`: the member, and what its one click stops."""
    home = organisation()
    stop_address = settings.BASE_URL + reverse("stop-mail", args=[stop_token(*stops)])
    told = context | {
        "organisation": home.name if home else "Twodesks",
        "base": settings.BASE_URL,
        "choices_address": settings.BASE_URL + reverse("notification-choices"),
        "stop_address": stop_address,
        "stops": stops[1],
    }
    mail = EmailMultiAlternatives(
        subject=one_line(subject),
        body=render_to_string(f"notifications/mail/{template}.txt", told).strip() + "\n",
        from_email=sender(speaker, str(told["organisation"]), settings.DEFAULT_FROM_EMAIL),
        to=[to],
        headers=automatic_headers(stop_address),
    )
    mail.attach_alternative(render_to_string(f"notifications/mail/{template}.html", told), "text/html")
    return mail
