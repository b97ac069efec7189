"""Keep what is known of who answers what in step with conversations and insights."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Case, Count, F, Max, Q, Sum, When
from django.utils import timezone

from twodesks.conversations.queries import visible_messages
from twodesks.insights.queries import kept_insights
from twodesks.kit.actor import system
from twodesks.kit.operation import operation
from twodesks.language.expertise import (
    ACCEPTED_COUNTS,
    HALF_LIVES_D,
    LIKE_HALF_LIFE_D,
    LIKE_LATELY_HALF_LIFE_D,
    THANKS_COUNT,
)
from twodesks.routing.models import Answering

IN_DISCUSSION = 0.3
# Who explained an insight was asked often enough that it was kept: it counts like an accepted answer.
EXPLAINED = 1.0

_CREDIT = f"counts * (1 + {ACCEPTED_COUNTS} * is_accepted::int + {THANKS_COUNT} * log(2.0, 1.0 + thanks)::float8)"
_AGE_D = "greatest(0, extract(epoch FROM %(at)s::timestamptz - answered_at)::float8 / 86400)"


def _faded(amount: str, half_life_d: float) -> str:
    # An exponent that is too small is an error to PostgreSQL, not a zero.
    return f"sum({amount} * exp(-least({_AGE_D} * {0.693147 / half_life_d:.9f}, 500)))"


_SUM_UP = f"""
INSERT INTO routing_activity (member_id, channel_id, as_of, now, lately, often, accepted, alike, alike_lately,
                              answers, last_at)
SELECT member_id, channel_id, %(at)s,
       {_faded("counts", HALF_LIVES_D["now"])}, {_faded("counts", HALF_LIVES_D["lately"])},
       {_faded("counts", HALF_LIVES_D["often"])},
       {_faded("(is_accepted::int + 0.1 * log(2.0, 1.0 + thanks)::float8)", LIKE_HALF_LIFE_D / 2)},
       {_faded(_CREDIT, LIKE_HALF_LIFE_D)}, {_faded(_CREDIT, LIKE_LATELY_HALF_LIFE_D)},
       count(*), max(answered_at)
FROM routing_answering
WHERE (member_id, channel_id) IN (SELECT * FROM unnest(%(members)s::bigint[], %(channels)s::bigint[]))
GROUP BY member_id, channel_id
"""
_FORGET = """
DELETE FROM routing_activity
WHERE (member_id, channel_id) IN (SELECT * FROM unnest(%(members)s::bigint[], %(channels)s::bigint[]))
"""


@operation("routing.weigh_answers")
def weigh_answers(*, conversation_ids: Sequence[int] = (), insight_ids: Sequence[int] = ()) -> int:
    """Read these anew. What is gone, merged or withdrawn counts no more. Returns how many answers they have."""
    with transaction.atomic():
        count = 0
        touched: set[tuple[int, int]] = set()
        for kind, ids, read in (
            (Answering.Kind.CONVERSATION, conversation_ids, _in_conversations),
            (Answering.Kind.INSIGHT, insight_ids, _in_insights),
        ):
            if ids:
                _lock(kind, ids)
                found = list(read(ids))
                touched |= _replace(kind, ids, found)
                count += len(found)
        if touched:
            _sum_up(sorted(touched), timezone.now())
    return count


def _in_conversations(conversation_ids: Sequence[int]) -> Iterable[Answering]:
    found = (
        visible_messages(system())
        .filter(conversation__in=conversation_ids, author__isnull=False)
        .exclude(author=F("conversation__started_by"))
        .values("conversation_id", "conversation__channel_id", "conversation__kind", "author_id")
        .annotate(
            last_at=Max("posted_at"),
            thanked=Sum("thanks_count"),
            accepted=Max(Case(When(pk=F("conversation__accepted_message_id"), then=1), default=0)),
        )
        .order_by("conversation_id", "author_id")
    )
    for row in found:
        yield Answering(
            kind=Answering.Kind.CONVERSATION,
            source_id=row["conversation_id"],
            member_id=row["author_id"],
            channel_id=row["conversation__channel_id"],
            counts=IN_DISCUSSION if row["conversation__kind"] == "discussion" else 1.0,
            is_accepted=bool(row["accepted"]),
            thanks=row["thanked"],
            answered_at=row["last_at"],
        )


def _in_insights(insight_ids: Sequence[int]) -> Iterable[Answering]:
    found = (
        kept_insights(system())
        .filter(pk__in=insight_ids, channel__isnull=False, credits__role="explained")
        .values("pk", "channel_id", "published_at", "credits__member_id")
        .annotate(thanked=Count("thanks", filter=Q(thanks__receiver=F("credits__member_id")), distinct=True))
        .order_by("pk", "credits__member_id")
    )
    for row in found:
        yield Answering(
            kind=Answering.Kind.INSIGHT,
            source_id=row["pk"],
            member_id=row["credits__member_id"],
            channel_id=row["channel_id"],
            counts=EXPLAINED,
            is_accepted=True,
            thanks=row["thanked"],
            answered_at=row["published_at"] or timezone.now(),
        )


def _replace(kind: str, source_ids: Sequence[int], found: Sequence[Answering]) -> set[tuple[int, int]]:
    """Write the rows. Returns the members and channels whose sums are no longer right."""
    known = Answering.objects.filter(kind=kind, source_id__in=source_ids)
    touched = set(known.values_list("member_id", "channel_id"))
    known.delete()
    Answering.objects.bulk_create(found, batch_size=2_000)
    return touched | {(answering.member_id, answering.channel_id) for answering in found}


def _sum_up(pairs: Sequence[tuple[int, int]], at: datetime) -> None:
    values: dict[str, datetime | list[int]] = {
        "at": at,
        "members": [member_id for member_id, _ in pairs],
        "channels": [channel_id for _, channel_id in pairs],
    }
    _lock("activity", [member_id for member_id, _ in pairs])
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
        cursor.execute(_SUM_UP, values)


def _lock(what: str, ids: Sequence[int]) -> None:
    """One transaction at a time reads and writes these, in one order, so that the last to read is the last to write."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('routing ' || %s), id::int)"
            " FROM (SELECT DISTINCT unnest(%s::bigint[]) %% 2147483647 AS id ORDER BY id) AS locked",
            [what, list(ids)],
        )
