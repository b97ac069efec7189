"""Which insights keep which seconds of a recording."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from twodesks.insights.queries import kept_insights
from twodesks.kit.actor import Actor


@dataclass(frozen=True, slots=True)
class Keeper:
    """An insight captured from a whole recording, or one that embeds a stretch of it."""

    insight_id: int
    key: str
    title: str
    channel_id: int | None
    start_ms: int = 0
    end_ms: int | None = None

    def keeps(self, at_ms: int | None) -> bool:
        return self.end_ms is None or (at_ms is not None and self.start_ms <= at_ms < self.end_ms)


def insights_of_recordings(actor: Actor, recording_ids: Collection[int]) -> Mapping[int, Sequence[Keeper]]:
    """The published insights that the actor sees, by recording; clips first, since they are the closer fit."""
    insight = ("pk", "key", "title", "channel_id")
    kept = kept_insights(actor).order_by("-helped_count", "pk")
    keepers: dict[int, list[Keeper]] = defaultdict(list)
    clips = kept.filter(embedded_clips__recording_id__in=recording_ids).values_list(
        "embedded_clips__recording_id", *insight, "embedded_clips__start_ms", "embedded_clips__end_ms"
    )
    for recording_id, pk, key, title, channel_id, start_ms, end_ms in clips:
        keepers[recording_id].append(Keeper(pk, key or str(pk), title, channel_id, start_ms, end_ms))
    captured = kept.filter(recording_id__in=recording_ids).values_list("recording_id", *insight)
    for recording_id, pk, key, title, channel_id in captured:
        if recording_id is not None:
            keepers[recording_id].append(Keeper(pk, key or str(pk), title, channel_id))
    return keepers
