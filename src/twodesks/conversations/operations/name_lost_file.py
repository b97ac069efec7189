"""Name a file that should have come with an imported message and could not be taken over."""

from django.db import transaction

from twodesks.conversations.models import Message
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import MAX_CHARS
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("conversations.name_lost_file")
def name_lost_file(*, actor: Actor, message_id: int, line: str) -> bool:
    """Add the line, as Markdown, below the words; whether it was. Words that somebody here has edited stay as they are.

    For the import that brought the message, which counts it. Raises `Denied` for anybody but administrators.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring files in.")
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id, source_id__isnull=False).first()
        if message is None or message.revisions.filter(import_run_id=None).exists():
            return False
        body = f"{message.body}\n\n{line}" if message.body else line
        if len(body) > MAX_CHARS or line in message.body:
            return False
        message.body = body
        message.save(update_fields=["body"])
    return True
