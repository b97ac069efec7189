"""Home, put together: what waits, what one learns, what is worth keeping, what is fresh, and thanks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, CharField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from twodesks.capture.queries import Offer, offers_for
from twodesks.channels.queries import followed_channel_ids
from twodesks.conversations.queries import visible_conversations
from twodesks.conversations.queries.lists import thanks_for_messages, waiting_for
from twodesks.courses.queries import Outline, courses_in_progress, visible_courses
from twodesks.insights.queries import kept_insights
from twodesks.insights.queries.shelves import reports_for, thanks_to, unfinished_drafts
from twodesks.kit.actor import Actor
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.conversations.models import AskedMember
    from twodesks.insights.models import InsightDraft, Verdict
    from twodesks.people.models import Member
    from twodesks.recordings.models import Recording

FRESH = 8
COLUMNS = ("sort", "pk", "title", "place", "who", "at", "answers", "accepted")


@dataclass(frozen=True, slots=True)
class FreshRow:
    """One line of what is new: `kind` is a type mark (talk, insight, course)."""

    kind: str
    title: str
    href: str
    about: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ThanksRow:
    """Thanks received. `giver` None is somebody who asked without their name."""

    giver: "Member | None"
    words: str
    title: str
    href: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    greeting: str
    today: datetime
    waiting: list["AskedMember"]
    drafts: list["InsightDraft"]
    reports: list["Verdict"]
    learning: list[Outline]
    to_keep: list["Recording"]
    offers: list[Offer]
    fresh: list[FreshRow]
    follows: bool
    thanks: list[ThanksRow]

    @property
    def recordings_to_keep(self) -> list["Recording"]:
        """Three things to keep are enough for one day; what was said in conversations goes first."""
        return self.to_keep[: max(0, 3 - len(self.offers))]


def home_of(actor: Actor, time_zone: str) -> Home:
    """Everything on Home, with the day and hour of `time_zone`."""
    now = timezone.now().astimezone(ZoneInfo(time_zone))
    followed = followed_channel_ids(actor)
    return Home(
        greeting=_greeting(now.hour),
        today=now,
        waiting=waiting_for(actor, limit=5),
        drafts=unfinished_drafts(actor, limit=4),
        reports=reports_for(actor, limit=3),
        learning=courses_in_progress(actor),
        to_keep=_worth_keeping(actor),
        offers=offers_for(actor),
        fresh=_fresh(actor),
        follows=bool(followed),
        thanks=_thanks(actor),
    )


def _greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


@prepared
def _worth_keeping(actor: Actor) -> QuerySet["Recording"]:
    """One's own recordings that can be read and have not become an insight."""
    return (
        visible_recordings(actor)
        .filter(owner_id=actor.member_id, captions__isnull=False, insights=None, embedded_in=None, messages=None)
        .exclude(captions__cues=[])
        .order_by("-created_at")[:3]
    )


def _fresh(actor: Actor) -> list[FreshRow]:
    """The newest of each kind, put together, from the channels one follows if there are any."""
    return [_fresh_row(row) for row in _newest(actor, followed=bool(followed_channel_ids(actor)))]


@prepared
def _newest(actor: Actor, followed: bool) -> QuerySet[Any, Any]:
    narrow = {"channel__any_of": followed_channel_ids(actor)} if followed else {}
    lists = [
        _columns(
            "insight",
            kept_insights(actor).filter(**narrow).order_by("-published_at"),
            {"who": "author__name", "at": "published_at"},
        ),
        _columns(
            "recording",
            visible_recordings(actor)
            .filter(channel__isnull=False, ended_at__isnull=False, messages=None)
            .filter(**narrow)
            .order_by("-created_at"),
            {"who": "owner__name", "at": "created_at"},
        ),
        _columns(
            "course",
            visible_courses(actor).filter(published_at__isnull=False, withdrawn_at=None).order_by("-published_at"),
            {"who": "created_by__name", "at": "published_at"},
        ),
        _columns(
            "conversation",
            visible_conversations(actor).filter(**narrow).order_by("-last_message_at"),
            {
                "who": "started_by__name",
                "at": "last_message_at",
                "answers": "answer_count",
                "accepted": "accepted_message_id",
            },
        ),
    ]
    first, *others = (rows.values(*COLUMNS)[:FRESH] for rows in lists)
    return first.union(*others, all=True).order_by("-at")[:FRESH]


def _columns(kind: str, rows: QuerySet[Any], names: Mapping[str, str]) -> QuerySet[Any]:
    """`COLUMNS` of one kind of thing, so that the kinds can be put together. `names`: the field behind a column."""
    given: dict[str, Any] = {column: F(name) for column, name in names.items() if column != "who"}
    empty = {"answers": Value(0, IntegerField()), "accepted": Cast(Value(None), BigIntegerField())}
    place = Value("", CharField()) if kind == "course" else Coalesce("channel__name", Value(""))
    columns = empty | given | {"who": Coalesce(names["who"], Value("")), "sort": Value(kind, CharField())}
    annotated: QuerySet[Any] = rows.annotate(place=place, **columns)
    return annotated


def _fresh_row(row: Mapping[str, Any]) -> FreshRow:
    kind = row["sort"]
    about = {
        "insight": f"#{row['place']}, kept by {row['who']}",
        "recording": f"#{row['place']}, recorded by {row['who']}",
        "course": f"New course by {row['who']}",
        "conversation": f"#{row['place']}, {_state(row['who'], row['answers'], row['accepted'])}",
    }[kind]
    mark = kind if kind in ("insight", "course") else "talk"
    title = row["title"] or f"A {kind} without a title"
    return FreshRow(mark, title, f"/{kind}s/{row['pk']}/", about, row["at"])


def _state(who: str, answers: int, accepted: int | None) -> str:
    if accepted is not None:
        return f"{answers} answer{'s' if answers != 1 else ''}, one accepted"
    if answers:
        return f"{answers} answer{'s' if answers != 1 else ''}"
    return f"{who or 'somebody'} asked, nobody has answered yet"


def _thanks(actor: Actor, *, limit: int = 4) -> list[ThanksRow]:
    """Thanks for insights and for messages, newest first."""
    member = actor.require_member()
    rows = [
        ThanksRow(one.giver, one.words, one.insight.title, f"/insights/{one.insight_id}/", one.given_at)
        for one in thanks_to(actor, member, limit=limit)
    ] + [
        ThanksRow(one.giver, one.words, one.message.conversation.title, f"/messages/{one.message_id}/", one.given_at)
        for one in thanks_for_messages(actor, member, limit=limit)
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:limit]
