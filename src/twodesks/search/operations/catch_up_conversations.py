"""Index conversations that came in bulk, and take out those that went so."""

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from twodesks.conversations.queries import visible_conversations
from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.search.models import Passage
from twodesks.search.operations.index_conversations import KIND, index_conversations

BATCH = 200


@operation("search.catch_up_conversations")
def catch_up_conversations() -> int:
    """In batches, each its own transaction, so that a kill loses one batch. Returns how many were looked at."""
    looked_at = 0
    while ids := _waiting():
        index_conversations(conversation_ids=ids)
        looked_at += len(ids)
    for gone in _gone():
        index_conversations(conversation_ids=gone)
        looked_at += len(gone)
    return looked_at


def _waiting() -> list[int]:
    """Every conversation has at least the passage of its title."""
    indexed = Passage.objects.filter(kind=KIND, source_id=OuterRef("pk"))
    found = visible_conversations(system()).filter(~Exists(indexed)).order_by("pk")
    return list(found.values_list("pk", flat=True)[:BATCH])


def _gone() -> list[Sequence[int]]:
    kept = visible_conversations(system()).filter(pk=OuterRef("source_id"))
    gone = Passage.objects.filter(~Exists(kept), kind=KIND).values_list("source_id", flat=True).distinct()
    ids = sorted(gone)
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]
