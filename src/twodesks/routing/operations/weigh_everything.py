"""Read all answers anew: after an import, after an upgrade, and once a night so that nothing missed stays missed."""

from collections.abc import Iterator, Sequence

from twodesks.conversations.queries import visible_conversations
from twodesks.insights.queries import kept_insights
from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.routing.models import Answering
from twodesks.routing.operations.weigh_answers import weigh_answers

BATCH = 500


@operation("routing.weigh_everything")
def weigh_everything() -> int:
    """In batches, each its own transaction. Returns how many answers there are."""
    count = 0
    conversations = visible_conversations(system()).order_by("pk").values_list("pk", flat=True)
    for ids in _batches(_known("conversation", list(conversations))):
        count += weigh_answers(conversation_ids=ids)
    for ids in _batches(_known("insight", list(kept_insights(system()).order_by("pk").values_list("pk", flat=True)))):
        count += weigh_answers(insight_ids=ids)
    return count


def _known(kind: str, ids: Sequence[int]) -> list[int]:
    """Also those that are gone and have rows still."""
    left = Answering.objects.filter(kind=kind).values_list("source_id", flat=True).distinct()
    return sorted({*ids, *left})


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
