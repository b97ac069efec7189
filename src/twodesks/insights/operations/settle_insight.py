"""Keep what a writer made of two versions, on top of both."""

from django.db import transaction

from twodesks.insights import policies
from twodesks.insights.engine.merging import merge_topics
from twodesks.insights.engine.words import clean_body, clean_remark, clean_title
from twodesks.insights.models import Insight, InsightDraft, InsightRevision
from twodesks.insights.operations.add_revision import add_revision, record_revised, write_revision
from twodesks.insights.queries import get_insight
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, NotFound


@operation("insights.settle_insight")
def settle_insight(
    *, actor: Actor, insight_id: int, against: int, title: str, body: str, note: str = ""
) -> InsightRevision:
    """The actor's draft goes into the history as they wrote it, then what they made of it and revision `against`.

    Topics go together by themselves. Raises `NotFound` without a draft, `Conflict` when revision `against` is no
    longer the current one, `Invalid` and `TooLarge`; then nothing is changed.
    """
    policies.may_change(actor, get_insight(actor, insight_id)).require()
    title, body, note = clean_title(title), clean_body(body), clean_remark(note, field="note")
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        drafts = InsightDraft.objects.select_related("base_revision")
        draft = drafts.filter(insight=insight, member_id=actor.require_member()).first()
        current = InsightRevision.objects.filter(insight=insight, pk=insight.current_revision_id or 0).first()
        if draft is None or current is None:
            raise NotFound
        if current.number != against:
            raise Conflict("Meanwhile it was changed once more. Your draft is safe, and so is what the others kept.")
        ground = draft.base_revision or current
        topics = merge_topics(base=ground.topics, mine=draft.topics, theirs=current.topics)
        settled = (title, body, topics)
        if draft.title and draft.body and settled != (draft.title, draft.body, draft.topics):
            write_revision(
                actor=actor,
                insight=insight,
                title=draft.title,
                body=draft.body,
                topics=draft.topics,
                note=f"As it was written, before it was settled with revision {against}",
                rendered=markdown.render(draft.body),
            )
        revision = add_revision(actor=actor, insight=insight, title=title, body=body, topics=topics, note=note)
        draft.delete()
        record_revised(actor, insight, revision, base=against)
    return revision
