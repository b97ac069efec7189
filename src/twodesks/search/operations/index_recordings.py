"""Make recordings findable by what is said in them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.recordings.queries import visible_recordings
from twodesks.search.engine.passages import Piece, spoken_pieces
from twodesks.search.operations.replace_passages import Source, lock_sources, replace_passages

if TYPE_CHECKING:
    from twodesks.recordings.models import Recording

KIND = "recording"


@operation("search.index_recordings")
def index_recordings(*, recording_ids: Sequence[int]) -> int:
    """Bring the passages of these recordings up to date with their captions, in the caller's transaction.

    In a channel for whoever sees it, others for their owner; discarded ones are taken out.
    """
    with transaction.atomic():
        lock_sources(KIND, recording_ids)
        kept = visible_recordings(system()).filter(pk__in=recording_ids).select_related("captions")
        found = {recording.pk: _source(recording) for recording in kept}
        sources = [found.get(recording_id, Source(recording_id)) for recording_id in recording_ids]
        return replace_passages(kind=KIND, sources=sources)


def _source(recording: "Recording") -> Source:
    return Source(
        source_id=recording.pk,
        title=recording.title,
        is_shared=recording.channel_id is not None,
        channel_id=recording.channel_id,
        owner_id=recording.owner_id,
        pieces=list(_pieces(recording)),
    )


def _pieces(recording: "Recording") -> Iterator[Piece]:
    cues = recording.captions.cues if recording.captions else []
    pieces = list(spoken_pieces(cues))
    yield from pieces
    if not pieces and recording.title:
        yield Piece(text="", start_ms=0)
