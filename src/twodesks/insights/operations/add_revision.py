"""One more saved state of an insight: the step that publishing, revising and restoring share."""

from collections.abc import Sequence

from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import may_post
from twodesks.insights.engine.words import slug_of
from twodesks.insights.models import Credit, Insight, InsightClip, InsightRevision
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid
from twodesks.recordings.operations.file_recording import file_recording
from twodesks.recordings.queries import visible_recordings, words_between


def add_revision(
    *,
    actor: Actor,
    insight: Insight,
    title: str,
    body: str,
    topics: Sequence[str],
    note: str,
    is_imported: bool = False,
) -> InsightRevision:
    """Write it and make it current; recordings that are new in it can be watched by who reads it.

    The caller holds the insight's row and gives cleaned words.

    Raises `Invalid` when the title or the body is empty.
    """
    if not title:
        raise Invalid("Give it a title: what somebody would ask for. The text is kept.", field="title")
    if not body:
        raise Invalid("There is nothing to keep yet. Write a line or put in a clip.", field="body")
    rendered = markdown.render(body)
    revision = write_revision(
        actor=actor,
        insight=insight,
        title=title,
        body=body,
        topics=topics,
        note=note,
        rendered=rendered,
        is_imported=is_imported,
    )
    insight.current_revision = revision
    insight.title, insight.slug = title, slug_of(title)
    insight.body, insight.topics = body, list(topics)
    insight.changed_at = revision.created_at
    insight.save(update_fields=["current_revision", "title", "slug", "body", "topics", "changed_at"])
    publish(f"insight:{insight.pk}", "kept", member_id=revision.author_id, number=revision.number)
    share_own_recordings(actor, insight, _embed_clips(actor, insight, rendered.clips))
    _credit_writer(actor, insight, revision)
    return revision


def write_revision(
    *,
    actor: Actor,
    insight: Insight,
    title: str,
    body: str,
    topics: Sequence[str],
    note: str,
    rendered: markdown.Rendered,
    is_imported: bool = False,
) -> InsightRevision:
    """Put it into the history, and nothing else: what is shown stays as it is."""
    latest = InsightRevision.objects.filter(insight=insight).order_by("-number").first()
    return InsightRevision.objects.create(
        insight=insight,
        number=latest.number + 1 if latest else 1,
        title=title,
        body=body,
        topics=list(topics),
        key_points=[
            _from(source) | {"text": source.text}
            for source in rendered.sources
            if source.text and source.message_id is None
        ],
        sources=[_from(source) | {"block": source.block} for source in rendered.sources],
        author_id=actor.require_member(),
        note=note[:280],
        is_imported=is_imported,
        created_at=timezone.now(),
    )


def record_revised(actor: Actor, insight: Insight, revision: InsightRevision, **context: int) -> None:
    """The statement of a published insight that has become `revision`; `context` says of what."""
    record_statement(
        actor=actor,
        verb="revised",
        object_type="insight",
        object_id=insight.pk,
        channel_id=insight.channel_id,
        context={"revision": revision.number, **context},
    )


def _from(source: markdown.Source) -> dict[str, int | str | None]:
    if source.message_id is not None:
        return {"message_id": source.message_id}
    return {"recording_id": source.recording_id, "start_ms": source.start_ms, "end_ms": source.end_ms}


def _embed_clips(actor: Actor, insight: Insight, clips: Sequence[markdown.ClipEmbed]) -> set[int]:
    """Where each recording is used, and what is said there. Returns the recordings that were not in it before.

    A recording that the writer does not see, or that is gone, counts only if it was in already.
    """
    before = list(InsightClip.objects.filter(insight=insight))
    known = {row.source_id: row.recording_id for row in before}
    words = {(row.source_id, row.start_ms, row.end_ms): row.words for row in before}
    named = {clip.recording_id for clip in clips}
    seen = visible_recordings(actor).select_related("captions").in_bulk(named)
    InsightClip.objects.filter(insight=insight).delete()
    InsightClip.objects.bulk_create(
        InsightClip(
            insight=insight,
            recording_id=clip.recording_id if clip.recording_id in seen else known[clip.recording_id],
            source_id=clip.recording_id,
            start_ms=clip.start_ms,
            end_ms=clip.end_ms,
            words=words_between(seen[clip.recording_id], clip.start_ms, clip.end_ms)
            if clip.recording_id in seen
            else words.get((clip.recording_id, clip.start_ms, clip.end_ms), ""),
        )
        for clip in clips
        if clip.recording_id in seen or clip.recording_id in known
    )
    return set(seen) - {row.recording_id for row in before}


def share_own_recordings(actor: Actor, insight: Insight, recording_ids: set[int]) -> None:
    """What the actor recorded and nobody else sees yet comes along, else its clips would be blank to readers.

    Of a revision, what is new in it alone: a recording that somebody took back to themselves stays theirs. Into an
    archived channel nothing goes.
    """
    if insight.published_at is None or insight.channel is None or not may_post(actor, insight.channel):
        return
    for recording in visible_recordings(actor).filter(pk__in=recording_ids, owner_id=actor.member_id, channel=None):
        file_recording(actor=actor, recording_id=recording.pk, channel_id=insight.channel_id)


def _credit_writer(actor: Actor, insight: Insight, revision: InsightRevision) -> None:
    """Whoever changed it is credited with that, unless they are credited already."""
    member = actor.require_member()
    if not Credit.objects.filter(insight=insight, member_id=member).exists():
        role = Credit.Role.CAPTURED if revision.number == 1 else Credit.Role.EDITED
        Credit.objects.create(insight=insight, member_id=member, role=role, given_by_id=member)
