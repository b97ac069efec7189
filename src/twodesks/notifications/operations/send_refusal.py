"""Tell the sender of a mail why it was not taken."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from twodesks.kit.operation import operation
from twodesks.notifications.engine.mail_headers import OWN_HEADER, one_line, sender
from twodesks.people.queries import can_send_mail, organisation


@operation("notifications.send_refusal")
def send_refusal(*, to: str, subject: str, message_id: str, words: str) -> None:
    """Marked as automatic, so that no machine answers it. Mail errors go up, so that the job tries again."""
    if not can_send_mail():
        return
    home = organisation()
    name = home.name if home else "Twodesks"
    told = {"words": words, "organisation": name, "base": settings.BASE_URL, "subject": subject}
    headers = {OWN_HEADER: "refusal", "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    if message_id:
        headers |= {"In-Reply-To": one_line(message_id), "References": one_line(message_id)}
    EmailMessage(
        subject=one_line(f"Not delivered: {subject}") if subject else "Your mail was not delivered",
        body=render_to_string("notifications/mail/refusal.txt", told).strip() + "\n",
        from_email=sender("", name, settings.DEFAULT_FROM_EMAIL),
        to=[to],
        headers=headers,
    ).send()
