"""The messages that may be split off a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.queries.thread import beside, in_order

AT_ONCE = 500
"""Messages listed at once; one form can name as many, with its other fields."""


@dataclass(frozen=True, slots=True)
class Separable:
    """`messages` in order, at most `AT_ONCE`: the newest, or those before `before`; `earlier` ones lie before them."""

    messages: Sequence[Message]
    earlier: int
    before: int | None


def separable(
    conversation: Conversation, *, opening_id: int | None, before: int | None = None, with_id: int | None = None
) -> Separable:
    """All but the opening one; where the newest are not asked for, those before `before`, or those about `with_id`.

    The caller read the conversation for its reader.
    """
    others = in_order(conversation).exclude(pk=opening_id or 0)
    if before is None and with_id is not None:
        newer = beside(others, conversation, with_id, is_before=False).values_list("pk", flat=True)[:AT_ONCE]
        before = newer[AT_ONCE // 2] if len(newer) == AT_ONCE else None
    found = others if before is None else beside(others, conversation, before, is_before=True)
    newest = list(found.select_related("author").order_by("-posted_at", "-pk")[: AT_ONCE + 1])
    earlier = found.count() - AT_ONCE if len(newest) > AT_ONCE else 0
    return Separable(newest[AT_ONCE - 1 :: -1], earlier, before)
