"""Mail members what is new, once a day, at an hour of theirs."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Door
from twodesks.kit.operation import operation
from twodesks.notifications.engine.hours import DIGEST_HOUR, digest_due, quiet_left
from twodesks.notifications.engine.kinds import How
from twodesks.notifications.engine.mail_headers import message_id
from twodesks.notifications.models import Notification, NotificationHours
from twodesks.notifications.operations.compose import compose, mail_domain
from twodesks.notifications.pages import grouped
from twodesks.notifications.queries.choices import hours_by_member
from twodesks.notifications.queries.reading import MOST, is_read, own_notifications
from twodesks.people.queries import active_members, can_send_mail

STALE = timedelta(days=7)
IN_DIGEST = 40

log = structlog.get_logger(__name__)


def defer_digests() -> int:
    """A job for every member whose hour has come and who has news; says how many. A step of the hourly job."""
    if not can_send_mail():
        return 0
    now = timezone.now()
    waiting = Notification.objects.filter(
        how=How.DIGEST, mailed_at=None, seen_at=None, made_at__gte=now - STALE
    ).values_list("member_id", flat=True)
    members = dict(active_members().filter(pk__in=waiting.distinct()).values_list("pk", "time_zone"))
    hours = hours_by_member(members)
    count = 0
    for member_id, zone in members.items():
        own = hours.get(member_id)
        due = digest_due(now, zone, own.digest_hour if own else DIGEST_HOUR, own.digest_sent_on if own else None)
        if due is not None and not _is_quiet(own, now, zone):
            defer_job("notifications.send_digest", once=f"notifications.digest:{member_id}", member_id=member_id)
            count += 1
    return count


@operation("notifications.send_digest")
def send_digest(*, member_id: int) -> bool:
    """Whether one went out. At most one a day, of what came before the hour; what was read meanwhile is left out."""
    member = active_members().filter(pk=member_id).first()
    if member is None or not can_send_mail():
        return False
    with transaction.atomic():
        NotificationHours.objects.get_or_create(member_id=member_id, defaults={"digest_hour": DIGEST_HOUR})
        hours = NotificationHours.objects.select_for_update().get(member_id=member_id)
        due = digest_due(timezone.now(), member.time_zone, hours.digest_hour, hours.digest_sent_on)
        if due is None or _is_quiet(hours, timezone.now(), member.time_zone):
            return False
        waiting = Notification.objects.filter(
            member=member, how=How.DIGEST, mailed_at=None, made_at__lt=due, made_at__gte=due - STALE
        )
        rows = list(
            own_notifications(member.as_actor(Door.JOB))
            .filter(pk__in=waiting.values("pk"))
            .exclude(is_read(member.pk))
            .select_related("actor", "statement", "message", "conversation__channel", "insight", "course")
            .order_by("-made_at", "-pk")[:MOST]
        )
        first = waiting.order_by("pk").values_list("key", flat=True).first()
        waiting.update(mailed_at=timezone.now())
        if not rows:
            return False
        hours.digest_sent_on = due.date()
        hours.save(update_fields=["digest_sent_on"])
        groups = grouped(rows, limit=IN_DIGEST)
        count = sum(len(group.notices) for group in groups)
        mail = compose(
            to=member.email,
            subject=f"Your day: {count} thing{'s' if count != 1 else ''} worth a look",
            template="digest",
            context={"member": member, "groups": groups, "open": settings.BASE_URL + reverse("notifications")},
            stops=(member.pk, "digest"),
        )
        mail.extra_headers["Message-ID"] = message_id(f"{first}.digest", mail_domain())
        try:
            mail.send()
        except SMTPRecipientsRefused:
            # The address is gone; tomorrow's would not get there either, and retrying today does not help.
            log.warning("mail_refused", member=member_id)
            return False
    return True


def _is_quiet(hours: NotificationHours | None, now: datetime, zone: str) -> bool:
    """A digest that is due in quiet hours goes out when they end."""
    return hours is not None and bool(quiet_left(now, zone, hours.quiet_from, hours.quiet_until))
