"""Say that one has looked."""

import re
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.conversations.operations.mark_conversation_seen import mark_conversation_seen
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.notifications.models import Notification

_CONVERSATION = re.compile(r"conversation:(\d{1,18})")


@operation("notifications.mark_notifications_seen")
def mark_notifications_seen(*, actor: Actor, key: UUID | None = None, about: str | None = None) -> Notification | None:
    """All of one's own, those `about` a subject ("conversation:12"), or those about the same thing as the one with this
    `key`, which is returned. A conversation that one looks at is read up to now, too.

    Not a statement: reading is nobody's business. A key that is not the actor's changes nothing.
    """
    own = Notification.objects.filter(member_id=actor.require_member())
    found = own.select_related("message").filter(key=key).first() if key is not None else None
    if key is not None and found is None:
        return None
    looked_at = own.filter(seen_at=None)
    subject = found.subject if found is not None else about
    conversation = _CONVERSATION.fullmatch(about or "")
    with transaction.atomic():
        if subject is not None:
            looked_at = looked_at.filter(subject=subject)
        if looked_at.update(seen_at=timezone.now()):
            publish(f"member:{actor.require_member()}", "notice")
        if conversation:
            mark_conversation_seen(actor=actor, conversation_id=int(conversation[1]))
    return found
