"""What the search page shows, put together from reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from twodesks.channels.queries import channels_by_id
from twodesks.insights.queries import kept_insights
from twodesks.insights.queries.library import rows_by_id
from twodesks.kit.actor import Actor
from twodesks.kit.timecode import clock
from twodesks.recordings.queries import visible_recordings
from twodesks.search.queries import KINDS, Hit, Moment, SearchResult, channels_called, people_called, search

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.insights.queries.library import InsightRow
    from twodesks.people.models import Member
    from twodesks.recordings.models import Recording

SHOWN = 12
IN_FULL = 3
TOPICS = 6
LONGEST = 500
NAMES = (
    ("insight", "Insights"),
    ("conversation", "Conversations"),
    ("recording", "Recordings"),
    ("course", "Courses"),
)


@dataclass(frozen=True, slots=True)
class Facet:
    name: str
    href: str
    count: int
    is_current: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One result with what is said about it below."""

    hit: Hit
    moments: "Sequence[Moment]" = ()
    channel: "Channel | None" = None
    insight: "InsightRow | None" = None
    recording: "Recording | None" = None

    @property
    def dots(self) -> list[float]:
        """Where its moments lie in the recording, in hundredths of its length."""
        length = (self.recording.duration_ms if self.recording else 0) or 0
        times = [moment.start_ms for moment in self.hit.moments if moment.start_ms is not None]
        return [round(min(100.0, 100 * at / length), 1) for at in times] if length else []

    @property
    def length(self) -> str:
        return clock(self.recording.duration_ms) if self.recording and self.recording.duration_ms else ""


@dataclass(frozen=True, slots=True)
class SearchPage:
    text: str
    result: SearchResult
    rows: Sequence[Row] = ()
    kinds: Sequence[Facet] = ()
    topics: Sequence[Facet] = ()
    people: "Sequence[Member]" = ()
    channels: "Sequence[Channel]" = ()
    more: str = ""
    narrowed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.rows or self.people or self.channels)


def search_page(actor: Actor, text: str, *, kind: str = "", topic: str = "", everything: bool = False) -> SearchPage:
    """`kind` and `topic` narrow it; counts are always of the whole, and only of what the actor sees."""
    text = " ".join(text[:LONGEST].split())
    if not text:
        return SearchPage("", SearchResult(text="", hits=()))
    whole = search(actor, text, limit=100)
    result = search(actor, text, limit=100, kinds=[kind]) if kind in KINDS else whole
    told = _topics(actor, whole)
    hits = [hit for hit in result.hits if not topic or (hit.kind == "insight" and topic in told.get(hit.id, ()))]
    shown = hits if everything else hits[:SHOWN]
    asked = {"q": text, "kind": kind if kind in KINDS else "", "topic": topic}
    return SearchPage(
        text=text,
        result=result,
        rows=rows_of(actor, shown),
        kinds=_kinds(whole, asked),
        topics=_topic_facets(told, asked),
        people=people_called(actor, text, limit=3) if not kind and not topic else (),
        channels=channels_called(actor, text, limit=3) if not kind and not topic else (),
        more=_href(asked | {"all": "1"}) if len(shown) < len(hits) else "",
        narrowed=asked,
    )


def _href(asked: Mapping[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def _kinds(whole: SearchResult, asked: Mapping[str, str]) -> list[Facet]:
    kind = asked["kind"]
    every = Facet("Everything", _href({"q": asked["q"]}), whole.total, not kind and not asked["topic"])
    return [every] + [
        Facet(name, _href({"q": asked["q"], "kind": code}), whole.counts.get(code, 0), kind == code, code)
        for code, name in NAMES
        if whole.counts.get(code) or kind == code
    ]


def _topics(actor: Actor, result: SearchResult) -> dict[int, list[str]]:
    found = [hit.id for hit in result.hits if hit.kind == "insight"]
    return dict(kept_insights(actor).filter(pk__in=found).values_list("pk", "topics")) if found else {}


def _topic_facets(told: Mapping[int, Sequence[str]], asked: Mapping[str, str]) -> list[Facet]:
    counts = Counter(topic for topics in told.values() for topic in topics)
    return [
        Facet(name, _href({"q": asked["q"], "topic": name}), count, asked["topic"] == name)
        for name, count in counts.most_common(TOPICS)
    ]


def rows_of(actor: Actor, hits: Sequence[Hit]) -> list[Row]:
    """The hits with what is said about them below: at most four queries, however many."""
    insights = {row.insight.pk: row for row in rows_by_id(actor, [hit.id for hit in hits if hit.kind == "insight"])}
    recordings = (
        visible_recordings(actor).select_related("owner").in_bulk([hit.id for hit in hits if hit.kind == "recording"])
    )
    channels = channels_by_id(actor, {hit.channel_id for hit in hits if hit.channel_id is not None})
    return [
        Row(
            hit,
            # What is far down is looked at for its title; its best moment says why it is there.
            moments=hit.moments if number < IN_FULL or hit.kind == "recording" else hit.moments[:1],
            channel=channels.get(hit.channel_id or 0),
            insight=insights.get(hit.id) if hit.kind == "insight" else None,
            recording=recordings.get(hit.id) if hit.kind == "recording" else None,
        )
        for number, hit in enumerate(hits)
    ]
