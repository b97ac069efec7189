"""Make a channel."""

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import Channel, ChannelMembership, ChannelSteward, Following
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("channels.create_channel")
def create_channel(*, actor: Actor, name: str, purpose: str = "", visibility: str = "open") -> Channel:
    """Make an open or private channel. Whoever makes it looks after it, follows it and, when private, is in it.

    Raises `Invalid` when the name is empty, too long or taken.
    """
    policies.may_create(actor).require()
    maker = actor.require_member()
    name, slug = clean_name(name)
    if visibility not in Channel.Visibility.values:
        raise Invalid("A channel is open or private.", field="visibility")
    try:
        with transaction.atomic():
            channel = Channel.objects.create(
                name=name,
                slug=slug,
                purpose=purpose.strip()[:280],
                visibility=visibility,
                created_by_id=maker,
            )
            ChannelSteward.objects.create(channel=channel, member_id=maker, added_by_id=maker)
            Following.objects.create(channel=channel, member_id=maker)
            if channel.is_private:
                ChannelMembership.objects.create(channel=channel, member_id=maker, added_by_id=maker)
            record_statement(
                actor=actor,
                verb="created",
                object_type="channel",
                object_id=channel.pk,
                channel_id=channel.pk,
            )
            actor.forget()
    except IntegrityError as error:
        raise Invalid(
            "There is a channel of this name already, perhaps a private one. Choose another.", field="name"
        ) from error
    return channel


def clean_name(name: str) -> tuple[str, str]:
    """The name as it is shown, without `#`, and its slug. Raises `Invalid`."""
    name = " ".join(name.split()).lstrip("#").strip()
    slug = slugify(name, allow_unicode=True)[:80]
    if not slug:
        raise Invalid("Give the channel a name of letters or numbers.", field="name")
    if len(name) > 60:
        raise Invalid("Keep the name under 60 letters. The purpose has room for more.", field="name")
    return name, slug
