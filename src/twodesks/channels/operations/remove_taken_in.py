"""Take a channel away again that an import made, when nothing is in it."""

from django.db import transaction
from django.db.models import ProtectedError

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("channels.remove_taken_in")
def remove_taken_in(*, actor: Actor, channel_id: int) -> bool:
    """Whether it went: it stays where anybody has put something into it since. Administrators and the system only."""
    if not actor.is_administrator:
        raise Denied("Only an administrator can undo an import.")
    try:
        with transaction.atomic():
            Channel.objects.get(pk=channel_id).delete()
            record_statement(actor=actor, verb="removed", object_type="channel", object_id=channel_id)
    except (ProtectedError, Channel.DoesNotExist):
        return False
    return True
