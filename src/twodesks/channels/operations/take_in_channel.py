"""Make a channel of one that was elsewhere, with those who were in it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.text import slugify

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Channel, ChannelMembership, ChannelSteward, Following
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied

NAME_CHARS = 60


@operation("channels.take_in_channel")
def take_in_channel(
    *,
    actor: Actor,
    name: str,
    purpose: str = "",
    is_private: bool = False,
    member_ids: Sequence[int] = (),
    steward_id: int | None = None,
    created_at: datetime | None = None,
    is_archived: bool = False,
) -> Channel:
    """A private one has these members and nobody else, whoever brings it in; an open one is followed by them.

    A name that is taken gets a number. Administrators and the system, acting for the member who imports; raises
    `Denied` for others.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring channels in.")
    importer = actor.require_member()
    now = timezone.now()
    people = list(dict.fromkeys(member_ids))
    with transaction.atomic():
        name, slug = _free_name(name)
        channel = Channel.objects.create(
            name=name,
            slug=slug,
            purpose=purpose[:280],
            visibility=Channel.Visibility.PRIVATE if is_private else Channel.Visibility.OPEN,
            created_by_id=importer,
            created_at=created_at or now,
            archived_at=now if is_archived else None,
            archived_by_id=importer if is_archived else None,
        )
        if is_private:
            ChannelMembership.objects.bulk_create(
                [ChannelMembership(channel=channel, member_id=one, added_by_id=importer) for one in people]
            )
        steward = steward_id if steward_id in people or not is_private else None
        if steward is None and not is_private:
            steward = importer
        if steward is not None:
            ChannelSteward.objects.create(channel=channel, member_id=steward, added_by_id=importer)
        Following.objects.bulk_create(
            [Following(channel=channel, member_id=one, since=now, seen_at=now) for one in people]
        )
        record_statement(
            actor=actor, verb="created", object_type="channel", object_id=channel.pk, channel_id=channel.pk
        )
    return channel


def _free_name(wanted: str) -> tuple[str, str]:
    """A name and a slug that no channel has, private ones included."""
    base = " ".join(wanted.split()).lstrip("#").strip()[:NAME_CHARS] or "channel"
    number = 1
    while True:
        ending = f" {number}" if number > 1 else ""
        name = f"{base[: NAME_CHARS - len(ending)].rstrip()}{ending}"
        slug = slugify(name, allow_unicode=True)[:80] or f"channel-{number}"
        taken = Channel.objects.annotate(folded=Lower("name")).filter(folded=name.lower())
        if not taken.exists() and not Channel.objects.filter(slug=slug).exists():
            return name, slug
        number += 1
