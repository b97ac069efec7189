"""Change a kept insight: one more revision, on top of the one that the writer read."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.insights import policies
from twodesks.insights.engine.merging import merge_texts, merge_topics
from twodesks.insights.engine.words import clean_body, clean_remark, clean_title, clean_topics
from twodesks.insights.models import Insight, InsightDraft, InsightRevision
from twodesks.insights.operations.add_revision import add_revision, record_revised
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid, NotFound


@operation("insights.revise_insight")
def revise_insight(
    *,
    actor: Actor,
    insight_id: int,
    base: int,
    title: str,
    body: str,
    topics: Sequence[str] | None = None,
    note: str = "",
) -> InsightRevision:
    """`base`: the number of the revision that was changed. A newer one is merged with when the changes go together.

    Else `Conflict`: the words are kept as the actor's draft, and `extra` has `base`, `current`, `yours` and `theirs`.
    Without a change there is no new revision; the current one is returned. Topics that are None stay.
    """
    insight = get_insight(actor, insight_id)
    policies.may_change(actor, insight).require()
    if insight.current_revision_id is None:
        raise Invalid("This is still a draft. Keep it first.")
    title, body = clean_title(title), clean_body(body)
    topics = clean_topics(insight.topics if topics is None else topics)
    note = clean_remark(note, field="note")
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        revision, conflict = _revise(actor, insight, base, (title, body, topics, note))
    if conflict is not None:
        raise conflict
    return revision


Words = tuple[str, str, list[str], str]


def _revise(actor: Actor, insight: Insight, base: int, words: Words) -> tuple[InsightRevision, Conflict | None]:
    """The new revision; or the current one and why there is no new one. A conflict leaves a draft behind."""
    title, body, topics, note = words
    current = _revision(insight, insight.current_revision_id)
    ground = current if current.number == base else _numbered(insight, base)
    if ground.pk != current.pk:
        merge = merge_texts(base=ground.body, mine=body, theirs=current.body)
        both_titled = current.title not in (ground.title, title) and title != ground.title
        if merge.clashes or both_titled:
            _keep_as_draft(actor, insight, ground, (title, body, topics, note))
            return current, _conflict(ground, current, title, body)
        body = merge.text()
        title = current.title if title == ground.title else title
        topics = merge_topics(base=ground.topics, mine=topics, theirs=current.topics)
    if (title, body, topics) == (current.title, current.body, current.topics):
        _forget_draft(actor, insight)
        return current, None
    revision = add_revision(actor=actor, insight=insight, title=title, body=body, topics=topics, note=note)
    _forget_draft(actor, insight)
    record_revised(actor, insight, revision, base=base)
    return revision, None


def _revision(insight: Insight, pk: int | None) -> InsightRevision:
    return InsightRevision.objects.select_related("author").get(insight=insight, pk=pk or 0)


def _numbered(insight: Insight, number: int) -> InsightRevision:
    found = InsightRevision.objects.filter(insight=insight, number=number).first()
    if found is None:
        raise NotFound
    return found


def _conflict(ground: InsightRevision, current: InsightRevision, title: str, body: str) -> Conflict:
    return Conflict(
        f"{current.author.first_name} saved while you were writing. Both versions are safe: yours is your draft.",
        base=ground.number,
        current=current.number,
        yours={"title": title, "body": body},
        theirs={"title": current.title, "body": current.body},
    )


def _keep_as_draft(actor: Actor, insight: Insight, ground: InsightRevision, words: Words) -> None:
    title, body, topics, _note = words
    draft, is_new = InsightDraft.objects.get_or_create(insight=insight, member_id=actor.require_member())
    draft.title, draft.body, draft.topics = title, body, topics
    draft.base_revision = ground
    draft.version += 0 if is_new else 1
    draft.saved_at = timezone.now()
    draft.save()


def _forget_draft(actor: Actor, insight: Insight) -> None:
    InsightDraft.objects.filter(insight=insight, member_id=actor.require_member()).delete()
