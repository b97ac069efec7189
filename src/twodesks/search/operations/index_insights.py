"""Make insights findable as they are now."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import system
from twodesks.kit.markdown import blocks
from twodesks.kit.operation import operation
from twodesks.search.engine.passages import Piece, body_pieces
from twodesks.search.operations.replace_passages import Source, lock_sources, replace_passages

if TYPE_CHECKING:
    from twodesks.insights.models import Insight

KIND = "insight"


@operation("search.index_insights")
def index_insights(*, insight_ids: Sequence[int]) -> int:
    """Bring the passages of these insights up to date, in the caller's transaction.

    Published ones for whoever sees their channel, others for their author; those that are gone are taken out.
    """
    with transaction.atomic():
        lock_sources(KIND, insight_ids)
        found = {insight.pk: _source(insight) for insight in visible_insights(system()).filter(pk__in=insight_ids)}
        sources = [found.get(insight_id, Source(insight_id)) for insight_id in insight_ids]
        return replace_passages(kind=KIND, sources=sources)


def _source(insight: "Insight") -> Source:
    return Source(
        source_id=insight.pk,
        key=insight.key or str(insight.pk),
        title=insight.title,
        is_shared=insight.published_at is not None and insight.withdrawn_at is None,
        channel_id=insight.channel_id,
        owner_id=insight.author_id,
        pieces=list(_pieces(insight)),
    )


def _pieces(insight: "Insight") -> Iterator[Piece]:
    pieces = list(body_pieces(blocks(insight.body)))
    if not pieces and insight.title:
        pieces = [Piece(text="")]
    topics = ", ".join(insight.topics)
    for position, piece in enumerate(pieces):
        first = position == 0 and bool(topics)
        yield replace(piece, context=f"{piece.context} {topics}".strip()) if first else piece
