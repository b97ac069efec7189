"""Make the index say of some sources what they say now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction

from twodesks.activity.queue import defer_job
from twodesks.kit.operation import operation
from twodesks.search.engine.passages import MOST_PASSAGES, Piece, digest_of, folded_title, words_of
from twodesks.search.models import EmbeddingModel, Passage, PassageVector

# What may change of a passage whose words stay: none of it needs a new vector.
CHANGING = (
    "source_key", "part_id", "position", "place", "title_folded", "start_ms", "end_ms", "marks",
    "is_shared", "channel_id", "owner_id", "recording_id", "within_insight_id",
)  # fmt: skip
# An advisory lock: shared by those who add passages, alone for whoever adds an embedding model.
MODELS_LOCK = 7_240_411
EMBED_JOB = "search.embed_passages"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that can be found, and its passages in order; none means that it is not to be found."""

    source_id: int
    key: str = ""
    title: str = ""
    is_shared: bool = False
    channel_id: int | None = None
    owner_id: int | None = None
    pieces: Sequence[Piece] = field(default_factory=list)


@operation("search.replace_passages")
def replace_passages(*, kind: str, sources: Sequence[Source]) -> int:
    """Write what has changed, in the caller's transaction, and defer the embedding of what is new.

    Passages whose words are as before keep their row and their vector. Returns how many are new. The caller has called
    `lock_sources` before it read the sources.
    """
    with transaction.atomic():
        known = _known(kind, [source.source_id for source in sources])
        fresh: list[Passage] = []
        changed: list[Passage] = []
        gone: list[int] = []
        for source in sources:
            _compare(kind, source, known[source.source_id], fresh, changed, gone)
        if gone:
            _delete(gone)
        if changed:
            Passage.objects.bulk_update(changed, CHANGING, batch_size=500)
        if fresh:
            _insert(fresh)
            defer_job(EMBED_JOB, once=EMBED_JOB, lock=EMBED_JOB)
    return len(fresh)


def lock_sources(kind: str, source_ids: Sequence[int]) -> None:
    """Let one transaction at a time index a source, so that the last to read it is the last to write."""
    if not connection.in_atomic_block:
        raise RuntimeError("indexing belongs inside the transaction of the change")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('search ' || %s), id::int)"
            " FROM (SELECT DISTINCT unnest(%s::bigint[]) %% 2147483647 AS id ORDER BY id) AS locked",
            [kind, list(source_ids)],
        )


def _known(kind: str, source_ids: Sequence[int]) -> dict[int, list[Passage]]:
    known: dict[int, list[Passage]] = defaultdict(list)
    wanted = Passage.objects.filter(kind=kind, source_id__in=source_ids).order_by("position")
    for passage in wanted.only("id", "source_id", "digest", *CHANGING):
        known[passage.source_id].append(passage)
    return known


def _compare(
    kind: str,
    source: Source,
    known: list[Passage],
    fresh: list[Passage],
    changed: list[Passage],
    gone: list[int],
) -> None:
    kept: dict[str, list[Passage]] = defaultdict(list)
    for passage in known:
        kept[passage.digest].append(passage)
    for position, piece in enumerate(source.pieces[:MOST_PASSAGES]):
        stated = _stated(source, piece, position)
        digest = digest_of(source.title, piece)
        if not kept[digest]:
            fresh.append(_made(kind, source, piece, digest, stated))
            continue
        passage = kept[digest].pop(0)
        if any(getattr(passage, name) != value for name, value in stated.items()):
            for name, value in stated.items():
                setattr(passage, name, value)
            changed.append(passage)
    gone.extend(passage.pk for passages in kept.values() for passage in passages)


def _stated(source: Source, piece: Piece, position: int) -> dict[str, object]:
    return {
        "source_key": source.key or str(source.source_id),
        "part_id": piece.part_id,
        "position": position,
        "place": piece.place,
        "title_folded": folded_title(source.title)[:400] if position == 0 else None,
        "start_ms": piece.start_ms,
        "end_ms": piece.end_ms,
        "marks": piece.marks,
        "is_shared": source.is_shared,
        "channel_id": source.channel_id,
        "owner_id": source.owner_id,
        "recording_id": piece.recording_id,
        "within_insight_id": piece.within_insight_id,
    }


def _made(kind: str, source: Source, piece: Piece, digest: str, stated: dict[str, object]) -> Passage:
    return Passage(
        kind=kind,
        source_id=source.source_id,
        title=source.title[:200],
        text=_storable(piece.text),
        context=_storable(piece.context),
        words=words_of(source.title, piece),
        digest=digest,
        **stated,
    )


def _storable(text: str) -> str:
    return text.replace("\0", " ")


def _insert(passages: list[Passage]) -> None:
    made = Passage.objects.bulk_create(passages, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared({MODELS_LOCK})")
    waiting = [
        PassageVector(passage=passage, model_id=model_id)
        for model_id in EmbeddingModel.objects.filter(retired_at=None).values_list("pk", flat=True)
        for passage in made
    ]
    PassageVector.objects.bulk_create(waiting, batch_size=2_000)


def _delete(passage_ids: list[int]) -> None:
    """Two statements; Django's own cascade would fetch every row and its vector first."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM search_passagevector WHERE passage_id = ANY(%s)", [passage_ids])
        cursor.execute("DELETE FROM search_passage WHERE id = ANY(%s)", [passage_ids])
