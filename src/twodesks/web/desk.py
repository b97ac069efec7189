"""Home, put together: what waits, what one learns, what is worth keeping, what is fresh, and thanks."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from twodesks.channels.queries import followed_channel_ids
from twodesks.courses.queries import Outline, courses_in_progress, listed_courses
from twodesks.insights.queries.shelves import listed_insights, reports_for, thanks_to, unfinished_drafts
from twodesks.kit.actor import Actor
from twodesks.recordings.queries import visible_recordings

if TYPE_CHECKING:
    from twodesks.insights.models import InsightDraft, Thanks, Verdict
    from twodesks.recordings.models import Recording

FRESH = 8


@dataclass(frozen=True, slots=True)
class FreshRow:
    """One line of what is new: `kind` is a type mark (talk, insight, course)."""

    kind: str
    title: str
    href: str
    about: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Home:
    greeting: str
    today: datetime
    drafts: list["InsightDraft"]
    reports: list["Verdict"]
    learning: list[Outline]
    to_keep: list["Recording"]
    fresh: list[FreshRow]
    follows: bool
    thanks: list["Thanks"]


def home_of(actor: Actor, time_zone: str) -> Home:
    """Everything on Home, in eleven queries, with the day and hour of `time_zone`."""
    now = timezone.now().astimezone(ZoneInfo(time_zone))
    followed = followed_channel_ids(actor)
    return Home(
        greeting=_greeting(now.hour),
        today=now,
        drafts=unfinished_drafts(actor, limit=4),
        reports=reports_for(actor, limit=3),
        learning=courses_in_progress(actor),
        to_keep=_worth_keeping(actor),
        fresh=_fresh(actor, followed),
        follows=bool(followed),
        thanks=thanks_to(actor, actor.require_member(), limit=4),
    )


def _greeting(hour: int) -> str:
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def _worth_keeping(actor: Actor) -> list["Recording"]:
    """One's own recordings that can be read and have not become an insight."""
    return list(
        visible_recordings(actor)
        .filter(owner_id=actor.member_id, captions__isnull=False, insights=None, embedded_in=None)
        .order_by("-created_at")[:3]
    )


def _fresh(actor: Actor, followed: list[int]) -> list[FreshRow]:
    insights = listed_insights(actor).prefetch_related(None).select_related("channel", "author")
    recordings = visible_recordings(actor).filter(channel__isnull=False, ended_at__isnull=False)
    courses = listed_courses(actor).filter(published_at__isnull=False, withdrawn_at=None)
    if followed:
        insights = insights.filter(channel_id__in=followed)
        recordings = recordings.filter(channel_id__in=followed)
    rows = chain(
        (
            FreshRow("insight", i.title, f"/insights/{i.pk}/", f"{i.channel}, kept by {i.author.name}", i.published_at)
            for i in insights[:FRESH]
            if i.published_at
        ),
        (
            FreshRow("talk", str(r), f"/recordings/{r.pk}/", f"{r.channel}, recorded by {r.owner.name}", r.created_at)
            for r in recordings.select_related("channel", "owner").order_by("-created_at")[:FRESH]
        ),
        (
            FreshRow("course", c.title, f"/courses/{c.pk}/", f"New course by {c.created_by.name}", c.published_at)
            for c in courses[:FRESH]
            if c.published_at
        ),
    )
    return sorted(rows, key=lambda row: row.at, reverse=True)[:FRESH]
