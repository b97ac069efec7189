"""Keep it: let a draft become an insight that a channel sees."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights import policies
from twodesks.insights.engine.words import clean_body, clean_remark, clean_title, clean_topics
from twodesks.insights.models import Insight, InsightDraft
from twodesks.insights.operations.add_revision import add_revision, share_own_recordings
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid


@operation("insights.publish_insight")
def publish_insight(
    *,
    actor: Actor,
    insight_id: int,
    title: str,
    body: str,
    topics: Sequence[str] = (),
    channel_id: int | None,
    note: str = "",
) -> Insight:
    """Whoever sees the channel sees it from now on, and what the actor recorded for it. The draft is done with.

    Raises `Invalid` without title, body or channel, `Denied` for an archived channel, `Conflict` when it is kept
    already.
    """
    insight = get_insight(actor, insight_id)
    policies.may_change(actor, insight).require()
    title, body, topics = clean_title(title), clean_body(body), clean_topics(topics)
    if channel_id is None:
        raise Invalid("Choose a channel: whoever reads it there can read this. The text is kept.", field="channel")
    channel = get_channel(actor, channel_id)
    may_post(actor, channel).require()
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.published_at is not None:
            raise Conflict("This is kept already. Open it to see what is there; your words are still here.")
        insight.channel_id = channel.pk
        insight.published_at, insight.published_by_id = timezone.now(), actor.require_member()
        insight.save(update_fields=["channel", "published_at", "published_by"])
        note = clean_remark(note, field="note")
        revision = add_revision(actor=actor, insight=insight, title=title, body=body, topics=topics, note=note)
        if insight.recording_id:
            share_own_recordings(actor, insight, {insight.recording_id})
        InsightDraft.objects.filter(insight=insight, member_id=actor.require_member()).delete()
        record_statement(
            actor=actor,
            verb="published",
            object_type="insight",
            object_id=insight.pk,
            channel_id=channel.pk,
            context={"revision": revision.number},
        )
    return insight
