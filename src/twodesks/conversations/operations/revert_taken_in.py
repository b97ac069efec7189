"""Undo what an import changed in messages that were here before it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from twodesks.channels.queries import ids_who_see
from twodesks.conversations.engine.words import mentioned_ids
from twodesks.conversations.models import Message, MessageRevision
from twodesks.conversations.operations.change_taken_in import REMOVED_BY, mention_anew
from twodesks.conversations.operations.recount import recount
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@dataclass(frozen=True, slots=True)
class Reverted:
    messages: int
    conversation_ids: Sequence[int]


@operation("conversations.revert_taken_in")
def revert_taken_in(*, actor: Actor, run_id: int) -> Reverted:
    """Wordings from before come back, but where a newer one has come since, and so do messages that it removed.

    The import that calls it records the statement. Raises `Denied` for anybody but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can undo an import.")
    with transaction.atomic():
        reworded = _reword(run_id)
        removed = list(
            Message.objects.select_for_update()
            .filter(**{f"source_facts__{REMOVED_BY}": run_id}, removed_by=None, removed_at__isnull=False)
            .order_by("pk")
        )
        for one in removed:
            one.removed_at = None
            one.source_facts = {key: fact for key, fact in one.source_facts.items() if key != REMOVED_BY}
        Message.objects.bulk_update(removed, ["removed_at", "source_facts"], batch_size=500)
        recount(conversation_ids=sorted({one.conversation_id for one in removed}))
    touched = {one.pk: one.conversation_id for one in (*reworded, *removed)}
    return Reverted(len(touched), sorted(set(touched.values())))


def _reword(run_id: int) -> list[Message]:
    brought = MessageRevision.objects.filter(import_run_id=run_id).order_by("message", "pk")
    older = {revision.message_id: revision for revision in brought}
    newest = MessageRevision.objects.filter(message__in=older).order_by("message", "-pk").distinct("message")
    last = {revision.message_id: revision.pk for revision in newest}
    undoable = [message_id for message_id, revision in older.items() if last[message_id] == revision.pk]
    changing = list(
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation")
        .filter(pk__in=undoable)
        .order_by("pk")
    )
    for one in changing:
        revision = older[one.pk]
        one.body = revision.body
        one.edited_at = revision.written_at if revision.written_at != one.posted_at else None
    Message.objects.bulk_update(changing, ["body", "edited_at"], batch_size=500)
    readers = {channel_id: ids_who_see(channel_id) for channel_id in {one.conversation.channel_id for one in changing}}
    mention_anew(
        {
            one.pk: [who for who in mentioned_ids(one.body) if who in readers[one.conversation.channel_id]]
            for one in changing
        }
    )
    MessageRevision.objects.filter(pk__in=[older[one.pk].pk for one in changing]).delete()
    return changing
