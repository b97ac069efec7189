"""Remember what an import brought, so that it is judged when the import has ended."""

from collections.abc import Collection

from twodesks.capture.models import GrownConversation, ImportWalk
from twodesks.imports.queries.runs import get_run
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("capture.note_import")
def note_import(*, actor: Actor, run_id: int, grown_ids: Collection[int] = (), has_ended: bool = False) -> None:
    """In the transaction of the batch or of the end. `grown_ids`: conversations that more was added to.

    What the run began itself is not noted one by one: the walk comes by it.
    """
    run = get_run(actor, run_id)
    before = [one for one in grown_ids if run.first_conversation_id is None or one < run.first_conversation_id]
    GrownConversation.objects.bulk_create(
        [GrownConversation(conversation_id=one, run=run) for one in before],
        update_conflicts=True, unique_fields=["conversation_id"], update_fields=["run"],
    )  # fmt: skip
    if has_ended and run.first_conversation_id is not None:
        ImportWalk.objects.get_or_create(run=run)
