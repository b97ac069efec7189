from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from twodesks.people.operations import send_invitation as invitation_mail
from twodesks.people.operations import send_sign_in_link as sign_in_mail

MAIL_RETRY = RetryStrategy(max_attempts=6, exponential_wait=4)


@app.task(name="people.send_invitation", queue="default", retry=MAIL_RETRY)
def send_invitation(invitation_id: int) -> None:
    invitation_mail.send_invitation(invitation_id=invitation_id)


@app.task(name="people.send_sign_in_link", queue="default", retry=MAIL_RETRY)
def send_sign_in_link(member_id: int) -> None:
    sign_in_mail.send_sign_in_link(member_id=member_id)
