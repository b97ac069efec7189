"""What the editor shows: the draft, what it is based on, what somebody else saved meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from twodesks.channels.queries import postable_channels
from twodesks.insights import policies
from twodesks.insights.engine.differences import Run, changed_words, legible
from twodesks.insights.engine.merging import Clash, Merge, merge_texts
from twodesks.insights.models import Credit, Insight, InsightDraft, InsightRevision
from twodesks.insights.queries import get_insight, visible_insights
from twodesks.insights.queries.speech import Suggestion, Transcript, get_transcript, own_recordings
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.people.queries import members

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.people.models import Member
    from twodesks.recordings.models import Recording


@dataclass(frozen=True, slots=True)
class Writing:
    """`version` 0: nothing saved yet. `base` 0: never kept yet. `newer`: somebody kept a revision after `base`."""

    insight: Insight | None
    title: str
    body: str
    topics: tuple[str, ...]
    channel_id: int | None
    version: int
    base: int
    saved_at: datetime | None
    newer: InsightRevision | None
    credits: tuple[Credit, ...]
    channels: tuple["Channel", ...]
    transcript: Transcript | None
    recordings: tuple["Recording", ...]
    others: tuple["Member", ...]

    @property
    def suggested_topics(self) -> tuple[str, ...]:
        chosen = {topic.casefold() for topic in self.topics}
        offered = self.transcript.topics if self.transcript else ()
        return tuple(topic for topic in offered if topic.casefold() not in chosen)

    @property
    def shares_recording(self) -> bool:
        """Keeping it will let the channel see a recording that so far is its owner's alone."""
        return self.transcript is not None and self.transcript.recording.channel_id is None

    @property
    def roles(self) -> list[str]:
        return Credit.Role.values

    @property
    def is_kept(self) -> bool:
        return self.insight is not None and self.insight.published_at is not None


def new_writing(actor: Actor, suggestion: Suggestion | None, recording_id: int | None) -> Writing:
    """A page to write on before anything is saved."""
    return Writing(
        insight=None,
        title=suggestion.title if suggestion else "",
        body=suggestion.body if suggestion else "",
        topics=tuple(suggestion.topics) if suggestion else (),
        channel_id=suggestion.channel_id if suggestion else None,
        version=0,
        base=0,
        saved_at=None,
        newer=None,
        credits=(),
        channels=tuple(postable_channels(actor)),
        transcript=get_transcript(actor, recording_id) if recording_id else None,
        recordings=() if recording_id else tuple(own_recordings(actor)),
        others=(),
    )


def open_writing(actor: Actor, insight_id: int, recording_id: int | None = None) -> Writing:
    """The actor's draft of an insight; without one, what is kept. Raises `NotFound` and `Denied`."""
    insight = (
        visible_insights(actor).select_related("channel", "current_revision__author").filter(pk=insight_id).first()
    )
    if insight is None:
        raise NotFound
    policies.may_change(actor, insight).require()
    draft = get_draft(actor, insight)
    current = insight.current_revision
    text = draft or current
    base = (draft.base_revision if draft else current) or None
    transcript = _transcript(actor, insight, recording_id)
    return Writing(
        insight=insight,
        title=text.title if text else "",
        body=text.body if text else "",
        topics=tuple(text.topics) if text else (),
        channel_id=insight.channel_id,
        version=draft.version if draft else 0,
        base=base.number if base else 0,
        saved_at=draft.saved_at if draft else None,
        newer=current if current is not None and base is not None and base.pk != current.pk else None,
        credits=tuple(insight.credits.select_related("member").order_by("given_at", "pk")),
        channels=tuple(postable_channels(actor)),
        transcript=transcript,
        recordings=() if transcript else tuple(own_recordings(actor)),
        others=tuple(members(actor).filter(deactivated_at=None)[:500]),
    )


def get_draft(actor: Actor, insight: Insight) -> InsightDraft | None:
    drafts = InsightDraft.objects.select_related("base_revision")
    return drafts.filter(insight=insight, member_id=actor.member_id or 0).first()


def newer_revision(actor: Actor, draft: InsightDraft) -> InsightRevision | None:
    """What somebody kept after the revision that a draft is based on."""
    current = InsightRevision.objects.select_related("author").filter(insight_id=draft.insight_id).order_by("-number")
    latest = current.first()
    return latest if latest is not None and latest.pk != draft.base_revision_id else None


def own_drafts(actor: Actor) -> QuerySet[InsightDraft]:
    """What the actor is writing, latest first."""
    return (
        InsightDraft.objects.filter(member_id=actor.member_id or 0, insight__withdrawn_at=None)
        .filter(insight__in=visible_insights(actor))
        .select_related("insight__channel", "insight__recording")
        .order_by("-saved_at")
    )


@dataclass(frozen=True, slots=True)
class ClashView:
    clash: Clash
    mine: tuple[Run, ...]
    theirs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two versions of one insight: what has gone together already, and what has to be settled."""

    insight: Insight
    draft: InsightDraft
    ground: InsightRevision
    current: InsightRevision
    merge: Merge
    parts: tuple["str | ClashView", ...]
    title_clashes: bool


def open_conflict(actor: Actor, insight_id: int) -> ConflictView | None:
    """None when the actor's draft and what is kept go together."""
    insight = get_insight(actor, insight_id)
    draft = get_draft(actor, insight)
    if draft is None or draft.base_revision is None or draft.base_revision_id == insight.current_revision_id:
        return None
    current = InsightRevision.objects.select_related("author").get(pk=insight.current_revision_id or 0)
    ground = draft.base_revision
    merge = merge_texts(base=ground.body, mine=draft.body, theirs=current.body)
    title_clashes = current.title not in (ground.title, draft.title) and draft.title != ground.title
    if not merge.clashes and not title_clashes:
        return None
    return ConflictView(
        insight=insight,
        draft=draft,
        ground=ground,
        current=current,
        merge=merge,
        parts=tuple(_shown(part) for part in merge.parts),
        title_clashes=title_clashes,
    )


def _shown(part: str | Clash) -> str | ClashView:
    if isinstance(part, str):
        return markdown.render_html(part)
    mine, theirs = changed_words(legible(part.mine), legible(part.theirs))
    return ClashView(part, tuple(Run("ins" if run.kind == "del" else run.kind, run.text) for run in mine), theirs)


def _transcript(actor: Actor, insight: Insight, recording_id: int | None) -> Transcript | None:
    """The recording that was asked for, else the one it was captured from, where the writer sees it."""
    wanted = recording_id or insight.recording_id
    if wanted is None:
        return None
    try:
        return get_transcript(actor, wanted)
    except NotFound:
        return None
