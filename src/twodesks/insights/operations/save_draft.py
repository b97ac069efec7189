"""Save what somebody is writing, while they write."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights import policies
from twodesks.insights.engine.merging import merge_texts
from twodesks.insights.engine.words import clean_body, clean_title, clean_topics
from twodesks.insights.models import Insight, InsightDraft, InsightRevision
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict


@operation("insights.save_draft")
def save_draft(
    *,
    actor: Actor,
    insight_id: int,
    version: int,
    title: str,
    body: str,
    topics: Sequence[str],
    channel_id: int | None = None,
    base: int | None = None,
    known_body: str | None = None,
) -> InsightDraft:
    """Replace the actor's draft. `version` is the one they saved last (0: none yet); `known_body` its text; `base`
    the number of the revision they began from (None: the current one).

    When another tab saved in between: with `known_body` both texts are put together if they go together; else
    `Conflict` with the other text in `theirs`, and nothing is changed. No statement is recorded: a save every few
    seconds is nobody's news.

    The channel is that of a draft still to be kept; a kept insight is moved by `move_insight`.
    """
    member = actor.require_member()
    insight = get_insight(actor, insight_id)
    policies.may_change(actor, insight).require()
    title, body, topics = clean_title(title), clean_body(body), clean_topics(topics)
    if channel_id is not None and insight.published_at is None and channel_id != insight.channel_id:
        may_post(actor, get_channel(actor, channel_id)).require()
    with transaction.atomic():
        if insight.published_at is not None:
            publish(f"insight:{insight.pk}", "writing", member_id=member)
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.published_at is None and insight.channel_id != channel_id:
            insight.channel_id = channel_id
            insight.save(update_fields=["channel"])
        draft = InsightDraft.objects.filter(insight=insight, member_id=member).first()
        if draft is None:
            return InsightDraft.objects.create(
                insight=insight, member_id=member, base_revision_id=_base_id(insight, base),
                title=title, body=body, topics=topics,
            )  # fmt: skip
        if draft.version != version and draft.body != body:
            body = _put_together(draft, body, known_body)
        draft.title, draft.body, draft.topics = title, body, topics
        draft.version += 1
        draft.saved_at = timezone.now()
        draft.save()
    return draft


def _base_id(insight: Insight, base: int | None) -> int | None:
    """Somebody may have kept a newer revision between opening the editor and the first save."""
    if not base:
        return insight.current_revision_id
    found = InsightRevision.objects.filter(insight=insight, number=base).values_list("pk", flat=True).first()
    return found or insight.current_revision_id


def _put_together(draft: InsightDraft, body: str, known_body: str | None) -> str:
    if known_body is not None:
        merge = merge_texts(base=clean_body(known_body), mine=body, theirs=draft.body)
        if not merge.clashes:
            return merge.text()
    raise Conflict(
        "You changed this in another window as well. Both texts are safe. Choose one, or copy what you need.",
        field="body",
        version=draft.version,
        theirs=draft.body,
        saved_at=draft.saved_at.isoformat(),
    )
