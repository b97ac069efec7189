"""Take a picture or file that will go with a message."""

from typing import IO
from uuid import UUID

from django.db import transaction

from twodesks.conversations.models import MessageAttachment
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.operations.keep_file import keep_file
from twodesks.media.operations.keep_picture import keep_picture
from twodesks.media.operations.keep_upload import keep_upload

PICTURES = ("image/png", "image/jpeg", "image/webp", "image/gif")


@operation("conversations.attach_file")
def attach_file(
    *,
    actor: Actor,
    content: IO[bytes] | None = None,
    filename: str = "",
    content_type: str = "",
    upload_id: UUID | None = None,
) -> MessageAttachment:
    """Until it goes with a message it is its owner's alone. Pictures are written anew; other files are kept as they are
    and only ever downloaded. A large one comes by a finished upload.

    Raises `TooLarge` and `Invalid` as the keeping operations do.
    """
    with transaction.atomic():
        if upload_id is not None:
            media_file = keep_upload(actor=actor, upload_id=upload_id)
        elif content is not None and content_type in PICTURES:
            media_file = keep_picture(actor=actor, picture=content, filename=filename)
        else:
            media_file = keep_file(actor=actor, content=content, filename=filename, content_type=content_type)
        return MessageAttachment.objects.create(media_file=media_file, added_by_id=actor.require_member())
