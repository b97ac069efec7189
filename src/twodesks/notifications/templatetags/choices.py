"""One cell of the table of channels where people choose what to be told."""

from django import template

from twodesks.notifications.engine.kinds import Kind
from twodesks.notifications.queries.choices import ChannelChoices

register = template.Library()


@register.simple_tag
def channel_how(channel: ChannelChoices, kind: Kind) -> dict[str, str]:
    return {
        "name": f"how-{kind.name}-{channel.channel_id}",
        "label": f"{kind.label}: {channel.name}",
        "value": channel.hows[kind.name],
    }
