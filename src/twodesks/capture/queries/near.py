"""What a conversation says, to find insights near it by; and which of those somebody may add it to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twodesks.capture import policies
from twodesks.capture.queries.reading import Heard
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import plain_text
from twodesks.language.drafting import draft_insight

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation
    from twodesks.insights.models import Insight

# What a search reads of a question.
_LETTERS = 400


def words_to_find(heard: Heard) -> tuple[str, str]:
    """The title that a draft of it would have, and the beginning of the explanation, without code."""
    draft = draft_insight(heard.said(), title=heard.conversation.title)
    explained = (block.markdown for block in draft.blocks if block.kind in ("paragraph", "step", "list"))
    return draft.title, plain_text("\n\n".join(explained)[: 2 * _LETTERS])[:_LETTERS]


def joinable(actor: Actor, conversation: "Conversation", insight_ids: Sequence[int]) -> "list[Insight]":
    """Those of these that what was said there may be added to, in their order. One query."""
    found = visible_insights(actor).filter(
        pk__in=insight_ids, published_at__isnull=False, withdrawn_at=None, channel__isnull=False
    )
    rows = found.select_related("channel", "current_revision").in_bulk()
    return [
        rows[one]
        for one in insight_ids
        if one in rows and policies.may_leave(actor, conversation.channel, rows[one].channel_id, confirmed=True)
    ]
