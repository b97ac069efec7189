"""Remember which conversations a message leads to: whoever links to one shows it to others."""

import re

from django.db import transaction
from django.db.models import Q

from twodesks.activity.queue import defer_job
from twodesks.capture.models import Showing
from twodesks.conversations.queries import get_message, visible_conversations
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied

_CONVERSATION = re.compile(r"/conversations/(\d{1,18})\b")
_MESSAGE = re.compile(r"/messages/(\d{1,18})\b")
_MOST = 20


@operation("capture.note_links")
def note_links(*, actor: Actor, message_id: int) -> list[int]:
    """The conversations that it newly leads to; each is judged again. The system only.

    A private conversation is shown by messages of its own channel alone: a number that somebody guessed shows nothing.
    """
    if not actor.is_system:
        raise Denied("The server itself reads where messages lead.")
    message = get_message(actor, message_id)
    if message.removed_at is not None:
        return []
    here = message.conversation
    named = Q(pk__in=_numbers(_CONVERSATION, message.body)) | Q(messages__in=_numbers(_MESSAGE, message.body))
    is_open = Q(channel__visibility="open") | Q(channel=here.channel_id)
    shown = visible_conversations(actor).filter(named, is_open).exclude(pk=here.pk).distinct()
    noted = []
    with transaction.atomic():
        for conversation in shown:
            _, is_new = Showing.objects.get_or_create(conversation_id=conversation.pk, by=f"message:{message.pk}")
            if is_new:
                noted.append(conversation.pk)
                defer_job("capture.judge", once=f"judge-{conversation.pk}", conversation_id=conversation.pk)
    return noted


def _numbers(pattern: re.Pattern[str], text: str) -> list[int]:
    return [int(number) for number in pattern.findall(text)[:_MOST]]
