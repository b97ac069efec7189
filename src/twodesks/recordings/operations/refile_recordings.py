"""Let recordings follow the conversation that they were made for into another channel."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.models import Recording


@operation("recordings.refile_recordings")
def refile_recordings(*, actor: Actor, recording_ids: Sequence[int], before_channel_id: int, channel_id: int) -> int:
    """Move those that are still in `before_channel_id`; whoever made them. The caller has authorised the move of the
    conversation. Answers how many were moved.
    """
    may_post(actor, get_channel(actor, channel_id)).require()
    moved = 0
    with transaction.atomic():
        found = Recording.objects.select_for_update().filter(pk__in=recording_ids, channel_id=before_channel_id)
        for recording in found.order_by("pk"):
            recording.channel_id = channel_id
            recording.save(update_fields=["channel"])
            record_statement(
                actor=actor,
                verb="filed",
                object_type="recording",
                object_id=recording.pk,
                channel_id=channel_id,
                context={"before_channel_id": before_channel_id},
            )
            moved += 1
    return moved
