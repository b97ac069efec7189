"""Tell those who are to hear of a statement."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.models import Statement
from twodesks.activity.queue import defer_job
from twodesks.conversations.operations.start_conversation import FIRST_ALONE
from twodesks.kit.operation import operation
from twodesks.notifications.engine.hours import quiet_left
from twodesks.notifications.engine.kinds import How
from twodesks.notifications.models import Notification
from twodesks.notifications.queries.audience import Audience, audiences_of
from twodesks.notifications.queries.choices import hours_by_member, hows_of
from twodesks.people.queries import active_members, can_send_mail

GATHER = timedelta(seconds=60)
"""How long a mail waits for what else is said, so that a lively thread is one mail."""
NEWS_FOR = timedelta(days=2)
"""Of what was loaded as having happened before, this much is news; the rest stands in the list as looked at."""


@operation("notifications.tell_members")
def tell_members(*, statement: Statement) -> int:
    """Says how many were told. Bears being called twice: a statement tells each member once."""
    if statement.object_type == "conversation" and statement.verb == "merged":
        _follow_merged(statement)
        return 0
    if statement.verb == "passed-on":
        if statement.context.get("asked_member_id") is None:
            defer_job("notifications.open_to_channel", statement_id=statement.pk)
        return 0
    count = tell_audiences(statement, audiences_of(statement))
    first = statement.context.get("asked_member_id")
    if statement.verb in ("asked", "started") and first is not None:
        defer_job("notifications.open_to_channel", statement_id=statement.pk, after=FIRST_ALONE)
    return count


def tell_audiences(statement: Statement, audiences: Sequence[Audience]) -> int:
    """Rows for all who want to hear of it, and the mails they ask for."""
    return sum(_tell(statement, audience) for audience in audiences)


def _tell(statement: Statement, audience: Audience) -> int:
    hows = {
        member_id: how for member_id, how in hows_of(audience.told, audience.channel_id).items() if how != How.NEVER
    }
    with transaction.atomic():
        known = Notification.objects.filter(statement=statement, member__in=list(hows)).values_list("member", flat=True)
        to_tell = sorted(hows.keys() - set(known))
        if not to_tell:
            return 0
        seen_at = _seen_already(statement)
        # A badge changes only for those who have no news of the same thing already.
        waiting = Notification.objects.filter(subject=audience.subject, seen_at=None, member__in=to_tell)
        has_news = set(waiting.values_list("member", flat=True))
        Notification.objects.bulk_create(
            [
                Notification(
                    member_id=member_id,
                    kind=audience.told[member_id],
                    statement=statement,
                    actor_id=audience.actor_id,
                    subject=audience.subject,
                    conversation_id=audience.conversation_id,
                    message_id=audience.message_id,
                    insight_id=audience.insight_id,
                    course_id=audience.course_id,
                    how=hows[member_id],
                    made_at=statement.moment,
                    seen_at=seen_at,
                )
                for member_id in to_tell
            ],
            ignore_conflicts=True,
        )
        for member_id in to_tell:
            if member_id not in has_news:
                publish(f"member:{member_id}", "notice")
        if seen_at is None:
            _defer_mails([member_id for member_id in to_tell if hows[member_id] == How.MAIL])
    return len(to_tell)


def _seen_already(statement: Statement) -> datetime | None:
    happened_at = statement.happened_at
    return happened_at if happened_at is not None and happened_at < timezone.now() - NEWS_FOR else None


def _defer_mails(members: Sequence[int]) -> None:
    if not members or not can_send_mail():
        return
    zones = dict(active_members().filter(pk__in=members).values_list("pk", "time_zone"))
    hours = hours_by_member(members)
    now = timezone.now()
    for member_id in members:
        own = hours.get(member_id)
        wait = quiet_left(now, zones.get(member_id, "UTC"), own.quiet_from, own.quiet_until) if own else timedelta()
        defer_mail(member_id, max(GATHER, wait))


def defer_mail(member_id: int, after: timedelta, tries: int = 0) -> None:
    defer_job(
        "notifications.send_notification_mail",
        once=f"notifications.mail:{member_id}",
        lock=f"notifications.mail:{member_id}",
        after=after,
        member_id=member_id,
        tries=tries,
    )


def _follow_merged(statement: Statement) -> None:
    """News of a conversation that was merged away leads to where it went."""
    into = statement.context.get("into_id")
    if into is not None:
        Notification.objects.filter(conversation_id=statement.object_id).update(
            conversation_id=into, subject=f"conversation:{into}"
        )
