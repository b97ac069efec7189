"""Put a file that came with an import to its message."""

from typing import IO

from django.db import transaction

from twodesks.conversations.models import Message, MessageAttachment
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound
from twodesks.media.operations.keep_file import keep_file


@operation("conversations.attach_taken_in")
def attach_taken_in(*, actor: Actor, message_id: int, content: IO[bytes], filename: str) -> MessageAttachment:
    """Kept as it is and only ever downloaded. For the import that brought the message, which records the statement.

    Raises `TooLarge` and `Invalid` as `keep_file` does, `Denied` for anybody but administrators.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring files in.")
    with transaction.atomic():
        message = Message.objects.filter(pk=message_id, source_id__isnull=False).first()
        if message is None:
            raise NotFound
        media_file = keep_file(actor=actor, content=content, filename=filename)
        return MessageAttachment.objects.create(
            message=message, media_file=media_file, added_by_id=message.author_id or actor.require_member()
        )
