"""Let the channel hear of a question that was put to one person first."""

from twodesks.activity.models import Statement
from twodesks.conversations.queries.finding import visible_conversations
from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.notifications.operations.tell_members import tell_audiences
from twodesks.notifications.queries.audience import audience_of_channel


@operation("notifications.open_to_channel")
def open_to_channel(*, statement_id: int) -> int:
    """Says how many were told: nobody where it was answered, accepted, merged or removed meanwhile.

    `statement_id`: the one by which it was asked, or passed on to the channel.
    """
    statement = Statement.objects.filter(pk=statement_id).first()
    if statement is None:
        return 0
    waiting = visible_conversations(system()).filter(
        pk=statement.object_id, answer_count=0, accepted_message=None, channel__archived_at=None
    )
    if not waiting.exists():
        return 0
    return tell_audiences(_first(statement), audience_of_channel(_first(statement)))


def _first(statement: Statement) -> Statement:
    """That by which it was asked: so the channel hears once, whether it is passed on or waited for."""
    asked = Statement.objects.filter(
        object_type="conversation", object_id=statement.object_id, verb__in=("asked", "started")
    )
    return asked.order_by("pk").first() or statement
