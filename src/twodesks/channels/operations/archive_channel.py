"""Close a channel for new things; what is in it stays."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("channels.archive_channel")
def archive_channel(*, actor: Actor, channel_id: int, archived: bool = True) -> None:
    """Stewards and administrators; `archived=False` opens it again."""
    channel = get_channel(actor, channel_id)
    policies.may_change(actor, channel).require()
    channel.archived_at = timezone.now() if archived else None
    channel.archived_by_id = actor.member_id if archived else None
    with transaction.atomic():
        channel.save(update_fields=["archived_at", "archived_by"])
        record_statement(
            actor=actor,
            verb="archived" if archived else "reopened",
            object_type="channel",
            object_id=channel.pk,
            channel_id=channel.pk,
        )
