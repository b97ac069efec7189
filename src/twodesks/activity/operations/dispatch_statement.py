"""Let the later listeners of a statement hear of it."""

from twodesks.activity.dispatch import listeners_later
from twodesks.activity.models import Statement
from twodesks.kit.operation import operation


@operation("activity.dispatch_statement")
def dispatch_statement(*, statement_id: int) -> None:
    """Call every later listener; a listener must bear being called twice, since a killed job runs again."""
    statement = Statement.objects.get(pk=statement_id)
    for listener in listeners_later(statement):
        listener(statement)
