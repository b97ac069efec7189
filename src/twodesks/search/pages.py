"""Hits as the search page shows them: with who explained them, how fresh they are, and how long they run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twodesks.insights.queries.library import InsightRow, insight_rows
from twodesks.insights.queries.shelves import listed_insights
from twodesks.kit.actor import Actor
from twodesks.recordings.queries import visible_recordings
from twodesks.search.queries.results import Hit

if TYPE_CHECKING:
    from twodesks.recordings.models import Recording


@dataclass(frozen=True, slots=True)
class Dressed:
    hit: Hit
    insight: InsightRow | None
    recording: "Recording | None"

    @property
    def mark(self) -> str:
        return {"insight": "insight", "course": "course"}.get(self.hit.kind, "")

    @property
    def dots(self) -> list[float]:
        """Where its spoken moments lie in the whole, in hundredths."""
        whole = self.recording.duration_ms if self.recording else None
        starts = [moment.start_ms for moment in self.hit.moments if moment.start_ms is not None]
        return [round(100 * start / whole, 1) for start in starts] if whole else []


def dress(actor: Actor, hits: Sequence[Hit]) -> list[Dressed]:
    """A few queries for all of them; everything again under the actor's own visibility."""
    insight_ids = [hit.id for hit in hits if hit.kind == "insight"]
    insights = {row.insight.pk: row for row in insight_rows(listed_insights(actor).filter(pk__in=insight_ids))}
    wanted = {hit.recording_id for hit in hits if hit.recording_id} | {
        hit.id for hit in hits if hit.kind == "recording"
    }
    recordings = {
        recording.pk: recording
        for recording in visible_recordings(actor).filter(pk__in=wanted).select_related("owner", "channel")
    }
    return [
        Dressed(
            hit,
            insights.get(hit.id) if hit.kind == "insight" else None,
            recordings.get(hit.recording_id or (hit.id if hit.kind == "recording" else 0)),
        )
        for hit in hits
    ]
