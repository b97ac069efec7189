"""Who is likely to know."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q, QuerySet
from django.utils import timezone

from twodesks.channels.queries import get_channel, ids_who_see, in_visible_channels, visible_channel_ids
from twodesks.kit.actor import Actor
from twodesks.language.expertise import (
    ACCEPTED_COUNTS,
    LIKE_HALF_LIFE_D,
    LIKE_LATELY_HALF_LIFE_D,
    THANKS_COUNT,
    Signals,
    Values,
    faded,
    rank,
)
from twodesks.people.engine.availability import Availability
from twodesks.people.queries import availability_of, members
from twodesks.routing.engine.reasons import reason, subject
from twodesks.routing.models import Answering
from twodesks.routing.queries.activity import ActivitySeen, activity_in
from twodesks.routing.queries.channels import likeliest_channel_id
from twodesks.routing.queries.matches import Likeness, Matches, Source
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.people.models import Member

MOST = 5
# So many of the likeliest are looked at: some are gone, not in the channel, or have no reason to be named.
LOOKED_AT = 40
# What was answered counts towards the reason when it is among the first ten or so in words or in meaning.
CLOSE = 0.2
# So many of what somebody said are read for what it is about.
READ = 12


@dataclass(frozen=True, slots=True)
class Example:
    """One thing that somebody answered, that the reader may open."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Knower:
    """Somebody likely to know. `reason` is a few words in the past tense that follow the name; `chance` is of 1.

    `answered`, `accepted` and `explained` count conversations and insights like the question that the reader sees.
    """

    member: "Member"
    reason: str
    availability: Availability
    chance: float
    answered: int = 0
    accepted: int = 0
    explained: int = 0
    about: str = ""
    examples: Sequence[Example] = ()


@dataclass(slots=True)
class _Evidence:
    """What one member has done that is like the question."""

    answered: int = 0
    accepted: int = 0
    explained: int = 0
    close: list[tuple[float, Source]] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether it says something to those who read the reason."""
        return bool(self.answered or self.explained)


def people_for(actor: Actor, matches: Matches, *, channel_id: int | None = None) -> list[Knower]:
    """At most `MOST`, likeliest first, those who would rather not be asked now last.

    Everything is counted from channels that the actor sees, and nobody is named who does not see the channel that the
    question goes to. The actor is not named. Raises `NotFound` for a channel that the actor may not know of.
    """
    seen = visible_channel_ids(actor)
    target = get_channel(actor, channel_id).pk if channel_id is not None else None
    given = _given(actor, matches.sources)
    activity = activity_in(seen)
    subject_channel = target if target is not None else likeliest_channel_id(matches)
    signals = _signals(actor, matches.sources, given, activity, subject_channel)
    ranking = rank(signals, limit=LOOKED_AT)
    readers = ids_who_see(target) if target is not None else None
    chances = dict(zip(ranking.members, ranking.chances, strict=True))
    likely = [member_id for member_id in ranking.members if readers is None or member_id in readers]
    found = {member.pk: member for member in _people(actor, member_ids=likely)}
    evidence = _evidence(matches.sources, given)
    lately: dict[int, int] = {}
    if subject_channel is not None:
        lately = {member_id: activity.answers.get((member_id, subject_channel), 0) for member_id in likely}
    told = [
        member_id
        for member_id in likely
        if member_id in found and (evidence[member_id].counts or lately.get(member_id))
    ][:MOST]
    channel = ""
    if subject_channel is not None and any(not evidence[one].counts for one in told):
        channel = str(get_channel(actor, subject_channel))
    named = [
        _knower(found[one], evidence[one], matches, chances[one], channel=channel, lately=lately.get(one, 0))
        for one in told
    ]
    return sorted(named, key=lambda one: one.availability.is_unwilling)


def _given(actor: Actor, sources: Mapping[Source, Likeness]) -> list[Answering]:
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, source_id in sources:
        by_kind[kind].append(source_id)
    if not by_kind:
        return []
    return _answers(actor, conversation_ids=by_kind["conversation"], insight_ids=by_kind["insight"])


@prepared
def _answers(actor: Actor, conversation_ids: list[int], insight_ids: list[int]) -> QuerySet[Answering]:
    said = Q(kind=Answering.Kind.CONVERSATION, source_id__any_of=conversation_ids)
    kept = Q(kind=Answering.Kind.INSIGHT, source_id__any_of=insight_ids)
    return Answering.objects.filter(said | kept, in_visible_channels(actor))


@prepared
def _people(actor: Actor, member_ids: list[int]) -> "QuerySet[Member]":
    return members(actor).filter(**{"pk__any_of": member_ids}, deactivated_at=None)


def _signals(
    actor: Actor,
    sources: Mapping[Source, Likeness],
    given: Sequence[Answering],
    activity: ActivitySeen,
    channel_id: int | None,
) -> Signals:
    found = np.unique(np.concatenate([activity.members, np.array([one.member_id for one in given], dtype=np.int64)]))
    known = np.searchsorted(found, activity.members)

    def spread(values: Values) -> Values:
        wide = np.zeros(len(found))
        wide[known] = values
        return wide

    sums = {name: spread(values) for name, values in activity.sums.items()}
    sums["quiet"] = np.full(len(found), 10_000.0)
    sums["quiet"][known] = activity.quiet_d
    if channel_id in activity.alike:
        sums["topics"], sums["topics_lately"] = map(spread, activity.alike[channel_id])
    sums |= _likeness_sums(sources, given, found)
    kept = found != (actor.member_id or 0)
    return Signals(found[kept], {name: column[kept] for name, column in sums.items()})


def _likeness_sums(
    sources: Mapping[Source, Likeness], given: Sequence[Answering], found: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> dict[str, Values]:
    now = timezone.now()
    places = np.searchsorted(found, np.array([one.member_id for one in given], dtype=np.int64))
    ages = np.array([(now - one.answered_at).total_seconds() for one in given], dtype=np.float64)
    thanks = np.array([one.thanks for one in given], dtype=np.float64)
    accepted = np.array([one.is_accepted for one in given], dtype=np.float64)
    counts = np.array([one.counts for one in given], dtype=np.float64)
    credit = counts * (1.0 + ACCEPTED_COUNTS * accepted + THANKS_COUNT * np.log2(1.0 + thanks))
    like = [sources[(one.kind, one.source_id)] for one in given]
    words = np.array([one.words for one in like], dtype=np.float64)
    meaning = np.array([one.meaning for one in like], dtype=np.float64)
    slowly, lately = credit * faded(ages, LIKE_HALF_LIFE_D), credit * faded(ages, LIKE_LATELY_HALF_LIFE_D)

    def total(amounts: Values) -> Values:
        return np.bincount(places, weights=amounts, minlength=len(found)).astype(np.float64)

    return {
        "words": total(words * slowly),
        "meaning": total(meaning * slowly),
        "both": total(np.sqrt(words * meaning) * lately),
    }


def _evidence(sources: Mapping[Source, Likeness], given: Sequence[Answering]) -> dict[int, _Evidence]:
    evidence: dict[int, _Evidence] = defaultdict(_Evidence)
    for one in given:
        source = (one.kind, one.source_id)
        if sources[source].best < CLOSE:
            continue
        own = evidence[one.member_id]
        own.close.append((sources[source].best * (1 + one.is_accepted), source))
        if one.kind == Answering.Kind.INSIGHT:
            own.explained += 1
        elif one.counts >= 1.0:
            own.answered += 1
            own.accepted += one.is_accepted
    return evidence


def _knower(member: "Member", own: _Evidence, matches: Matches, chance: float, *, channel: str, lately: int) -> Knower:
    """`channel` and `lately`: who answered nothing like it may still be who answers there."""
    close = [source for _, source in sorted(own.close, key=lambda entry: -entry[0])]
    texts = [f"{matches.sources[source].title}\n" + "\n".join(matches.sources[source].texts) for source in close[:READ]]
    about = subject(matches.text, texts)
    return Knower(
        member=member,
        reason=reason(
            answered=own.answered,
            explained=own.explained,
            accepted=own.accepted,
            about=about,
            channel=channel,
            lately=lately,
        ),
        availability=availability_of(member),
        chance=round(chance, 4),
        answered=own.answered,
        accepted=own.accepted,
        explained=own.explained,
        about=about,
        examples=[Example(matches.sources[source].title, f"/{source[0]}s/{source[1]}/") for source in close[:3]],
    )
