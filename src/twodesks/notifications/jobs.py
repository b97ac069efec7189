from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from twodesks.notifications.adapter import fetch_replies
from twodesks.notifications.operations import open_to_channel as opening
from twodesks.notifications.operations import send_digest as digest
from twodesks.notifications.operations import send_notification_mail as notification_mail
from twodesks.notifications.operations import send_refusal as refusal

STEADY = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="notifications.open_to_channel", queue="default", retry=STEADY)
def open_to_channel(statement_id: int) -> None:
    opening.open_to_channel(statement_id=statement_id)


@app.task(name="notifications.send_notification_mail", queue="mail")
def send_notification_mail(member_id: int, tries: int = 0) -> None:
    notification_mail.send_notification_mail(member_id=member_id, tries=tries)


@app.periodic(cron="3 * * * *")
@app.task(name="notifications.send_digests", queue="mail", queueing_lock="notifications.send_digests")
def send_digests(timestamp: int) -> None:
    digest.defer_digests()


@app.task(name="notifications.send_digest", queue="mail", retry=STEADY)
def send_digest(member_id: int) -> None:
    digest.send_digest(member_id=member_id)


@app.task(name="notifications.send_refusal", queue="mail", retry=STEADY)
def send_refusal(to: str, subject: str, message_id: str, words: str) -> None:
    refusal.send_refusal(to=to, subject=subject, message_id=message_id, words=words)


@app.periodic(cron="* * * * *")
@app.task(
    name="notifications.fetch_replies",
    queue="mail",
    queueing_lock="notifications.fetch_replies",
    lock="notifications.fetch_replies",
)
def fetch_replies_of_the_minute(timestamp: int) -> None:
    if settings.MAIL_IMAP_URL:
        fetch_replies(settings.MAIL_IMAP_URL)
