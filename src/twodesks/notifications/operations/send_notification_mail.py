"""Mail a member what is new and cannot wait for the digest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from twodesks.conversations.queries.finding import visible_messages
from twodesks.kit.actor import Door
from twodesks.kit.operation import operation
from twodesks.notifications.engine import kinds
from twodesks.notifications.engine.hours import quiet_left
from twodesks.notifications.engine.kinds import How
from twodesks.notifications.engine.mail_headers import list_id, message_id, thread_id
from twodesks.notifications.engine.mail_html import mail_html
from twodesks.notifications.models import Notification
from twodesks.notifications.operations.compose import compose, mail_domain
from twodesks.notifications.operations.tell_members import defer_mail
from twodesks.notifications.pages import title_of, who_did, words_of
from twodesks.notifications.queries.choices import hours_of
from twodesks.notifications.queries.reading import is_read, own_notifications
from twodesks.notifications.tokens import reply_address
from twodesks.people.queries import active_members, can_send_mail

if TYPE_CHECKING:
    from twodesks.people.models import Member

MOST_TRIES = 10
STALE = timedelta(days=1)
MOST_MESSAGES = 20

_NAMED = re.compile(r"\[(@[^\]\n]{1,200})\]\(/people/\d{1,18}/\)")

log = structlog.get_logger(__name__)


@operation("notifications.send_notification_mail")
def send_notification_mail(*, member_id: int, tries: int = 0) -> int:
    """One mail for each thing that there is news of; says how many went out. What was read meanwhile is not mailed.

    A row is marked in the transaction that hands its mail over, so a job that is done again sends nothing twice. When
    the mail server does not answer, it is tried again later, for about a day.
    """
    member = active_members().filter(pk=member_id).first()
    if member is None or not can_send_mail():
        return 0
    hours = hours_of(member_id)
    wait = quiet_left(timezone.now(), member.time_zone, hours.quiet_from, hours.quiet_until)
    if wait:
        defer_mail(member_id, wait)
        return 0
    sent = 0
    try:
        for subject in _waiting_subjects(member_id):
            with transaction.atomic():
                sent += _send(member, subject)
    except SMTPRecipientsRefused:
        log.warning("mail_refused", member=member_id)
    except (SMTPException, OSError) as failure:
        log.warning("mail_not_sent", error=type(failure).__name__, tries=tries)
        if tries < MOST_TRIES:
            defer_mail(member_id, timedelta(seconds=60 * 2**tries), tries=tries + 1)
    return sent


def _waiting_subjects(member_id: int) -> list[str]:
    waiting = Notification.objects.filter(
        member_id=member_id, how=How.MAIL, mailed_at=None, seen_at=None, made_at__gte=timezone.now() - STALE
    )
    return list(dict.fromkeys(waiting.order_by("pk").values_list("subject", flat=True)))


def _send(member: "Member", subject: str) -> int:
    locked = Notification.objects.select_for_update(skip_locked=True).filter(
        member=member, subject=subject, how=How.MAIL, mailed_at=None, seen_at=None
    )
    ids = list(locked.values_list("pk", flat=True))
    rows = list(
        own_notifications(member.as_actor(Door.JOB))
        .filter(pk__in=ids)
        .exclude(is_read(member.pk))
        .select_related("actor", "statement", "message", "conversation__channel", "insight__channel", "course__channel")
        .order_by("made_at", "pk")
    )
    mail = _mail(member, rows) if rows else None
    Notification.objects.filter(pk__in=ids).update(mailed_at=timezone.now())
    if mail is None:
        return 0
    mail.send()
    return 1


@dataclass(frozen=True, slots=True)
class Said:
    """One message in a mail."""

    by: str
    at: datetime
    text: str
    html: str
    extras: str


def _mail(member: "Member", rows: Sequence[Notification]) -> EmailMultiAlternatives | None:
    """None where nothing is left to tell: its message was removed meanwhile."""
    newest = rows[-1]
    said = _said(member, rows)
    if newest.conversation_id is not None and not said and newest.kind in kinds.MUTED_BY_CONVERSATION:
        return None
    lines = _lines(rows)
    may_reply = bool(settings.MAIL_REPLY_ADDRESS) and newest.conversation_id is not None
    speakers = {who_did(row) for row in rows}
    mail = compose(
        to=member.email,
        subject=_subject(newest, lines),
        template="news",
        speaker=speakers.pop() if len(speakers) == 1 and newest.kind != kinds.LEARNED else "",
        context={
            "member": member,
            "title": title_of(newest),
            "lines": lines,
            "said": said,
            "may_reply": may_reply,
            "address": settings.BASE_URL + reverse("open-notification", args=[newest.key]),
        },
        stops=(member.pk, _stopped_by(newest)),
    )
    _thread(mail, member, rows, may_reply)
    return mail


def _subject(newest: Notification, lines: Sequence[str]) -> str:
    if newest.conversation_id is None:
        return lines[0]
    return title_of(newest) if newest.kind in (kinds.ASKED, kinds.QUESTION) else f"Re: {title_of(newest)}"


def _lines(rows: Sequence[Notification]) -> list[str]:
    by_kind: dict[str, list[Notification]] = {}
    for row in reversed(rows):
        by_kind.setdefault(row.kind, []).append(row)
    lines = []
    for together in by_kind.values():
        words, about = words_of(together)
        lines.append(f"{words} ({about})" if together[0].kind == kinds.THANKED and about else words)
    return lines


def _said(member: "Member", rows: Sequence[Notification]) -> list[Said]:
    """The messages that the rows speak of; for a question put to somebody later, what was asked."""
    actor = member.as_actor(Door.JOB)
    wanted = {row.message_id for row in rows if row.message_id and row.statement.verb not in ("accepted", "thanked")}
    conversation = rows[-1].conversation
    if not wanted and conversation is not None and rows[-1].statement.verb == "routed":
        opening = visible_messages(actor).filter(conversation=conversation).order_by("posted_at", "pk")
        wanted = set(opening.values_list("pk", flat=True)[:1])
    found = visible_messages(actor).filter(pk__in=wanted).select_related("author").prefetch_related("attachments")
    return [
        Said(
            by=message.author.name if message.author else "Whoever asked",
            at=message.posted_at,
            text=_NAMED.sub(r"\1", message.body),
            html=mail_html(message.body, settings.BASE_URL),
            extras=_extras(message.recording_id is not None, len(message.attachments.all())),
        )
        for message in found.order_by("posted_at", "pk")[:MOST_MESSAGES]
    ]


def _extras(has_recording: bool, files: int) -> str:
    parts = (["a recording"] if has_recording else []) + ([f"{files} file{'s' if files > 1 else ''}"] if files else [])
    return f"With {' and '.join(parts)}: open it to have a look." if parts else ""


def _stopped_by(row: Notification) -> str:
    if row.kind in kinds.MUTED_BY_CONVERSATION and row.conversation_id is not None:
        return f"conversation:{row.conversation_id}"
    if kinds.KIND[row.kind].by_channel:
        about = row.conversation or row.insight
        return f"kind:{row.kind}:{about.channel_id}" if about is not None else f"kind:{row.kind}"
    return f"kind:{row.kind}"


def _thread(mail: EmailMultiAlternatives, member: "Member", rows: Sequence[Notification], may_reply: bool) -> None:
    newest, domain = rows[-1], mail_domain()
    # By the first row's key, which is random: the same mail sent again has the same name, and no number counts mails.
    mail.extra_headers["Message-ID"] = message_id(str(rows[0].key), domain)
    if newest.conversation is not None:
        root = thread_id(newest.conversation.pk, domain)
        mail.extra_headers["In-Reply-To"] = mail.extra_headers["References"] = root
        if may_reply:
            mail.reply_to = [
                reply_address(settings.MAIL_REPLY_ADDRESS, newest.conversation.pk, member.pk, timezone.now())
            ]
    about = newest.conversation or newest.insight or newest.course
    channel = about.channel if about is not None else None
    if channel is not None:
        mail.extra_headers["List-Id"] = list_id(str(channel), channel.slug, domain)
