"""Refuse to let an insight leave the private channel it comes from, unless a steward of it allowed that."""

from twodesks.capture.models import ConversationInsight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("capture.keep_private")
def keep_private(*, actor: Actor, insight_id: int, channel_id: int | None) -> None:
    """Called within the transaction that would publish or move it, whatever door that came by. Raises `Denied`.

    It changes nothing; what was said stays where it was.
    """
    links = ConversationInsight.objects.filter(
        insight_id=insight_id, allowed_at=None, conversation__channel__visibility="private"
    ).exclude(conversation__channel_id=channel_id or 0)
    link = links.select_related("conversation__channel").first()
    if link is None:
        return
    channel = link.conversation.channel
    raise Denied(
        f"Part of this was said in {channel}, which is private. Keep it there, or ask those who look after {channel} "
        "to let it be read elsewhere: they can, from the conversation. Your text is safe."
    )
