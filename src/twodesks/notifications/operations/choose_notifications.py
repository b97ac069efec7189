"""Choose what to be told of, how and when."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from twodesks.channels.queries import visible_channel_ids
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.notifications.engine.kinds import KIND, How
from twodesks.notifications.models import NotificationChoice, NotificationHours


@operation("notifications.choose_notifications")
def choose_notifications(
    *,
    actor: Actor,
    hows: Mapping[tuple[str, int | None], str] | None = None,
    digest_hour: int | None = None,
    quiet: tuple[int, int] | None = None,
    keep_hours: bool = False,
) -> None:
    """`hows`: by kind and channel (None for everywhere else); an empty word takes a choice back.

    `digest_hour` None: no digest. `quiet`: the hours from and until which no mail goes out; None for none. Hours are of
    the member's own time zone; `keep_hours` leaves them. Raises `Invalid` for what there is not, and then changes
    nothing.
    """
    member = actor.require_member()
    hows = hows or {}
    _check(actor, hows)
    for hour in (digest_hour, *(quiet or ())):
        if hour is not None and not 0 <= hour <= 23:
            raise Invalid("Choose an hour of the day, from 0 to 23.", field="digest_hour")
    with transaction.atomic():
        for (kind, channel_id), how in hows.items():
            _choose(member, kind, channel_id, how)
        if not keep_hours:
            quiet_from, quiet_until = quiet or (None, None)
            NotificationHours.objects.update_or_create(
                member_id=member,
                defaults={"digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_until": quiet_until},
            )


def _choose(member: int, kind: str, channel_id: int | None, how: str) -> None:
    choices = NotificationChoice.objects.filter(member_id=member, kind=kind)
    known = choices.filter(channel=None) if channel_id is None else choices.filter(channel_id=channel_id)
    if not how:
        known.delete()
    elif not known.update(how=how, chosen_at=timezone.now()):
        NotificationChoice.objects.create(member_id=member, kind=kind, channel_id=channel_id, how=how)


def _check(actor: Actor, hows: Mapping[tuple[str, int | None], str]) -> None:
    channels = {channel_id for _, channel_id in hows if channel_id is not None}
    if channels and not channels <= set(visible_channel_ids(actor)):
        raise Invalid("One of the channels is not shared with you any more. Load the page again; nothing was changed.")
    for (kind, _), how in hows.items():
        if kind not in KIND:
            raise Invalid("There is no such thing to be told of. Load the page again; nothing was changed.")
        if how and how not in set(How):
            raise Invalid("Choose one of the ways to be told.", field=f"how-{kind}")
