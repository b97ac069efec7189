"""The revisions of an insight, and what changed between two of them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from twodesks.insights.engine.differences import Line, Run, changed_lines, changed_words, legible
from twodesks.insights.models import InsightRevision
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound


@dataclass(frozen=True, slots=True)
class Change:
    """From `before` (None for the first) to `after`."""

    before: InsightRevision | None
    after: InsightRevision
    title: tuple[Run, ...]
    lines: tuple[Line, ...]
    topics_added: tuple[str, ...]
    topics_removed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.title or self.lines or self.topics_added or self.topics_removed)


def revisions(actor: Actor, insight_id: int) -> QuerySet[InsightRevision]:
    """Latest first, without their bodies. Raises `NotFound`."""
    insight = get_insight(actor, insight_id)
    return (
        InsightRevision.objects.filter(insight=insight)
        .select_related("author")
        .defer("body", "key_points", "sources")
        .order_by("-number")
    )


def change_between(actor: Actor, insight_id: int, before: int, after: int) -> Change:
    """`before` 0 is the empty page. Raises `NotFound` for a revision that there is not."""
    insight = get_insight(actor, insight_id)
    found = InsightRevision.objects.select_related("author").filter(insight=insight, number__in={before, after})
    rows = {revision.number: revision for revision in found}
    if after not in rows or (before and before not in rows):
        raise NotFound
    old, new = rows.get(before), rows[after]
    old_title, old_body = (old.title, old.body) if old else ("", "")
    old_topics = old.topics if old else []
    return Change(
        before=old,
        after=new,
        title=changed_words(old_title, new.title)[1] if old and old_title != new.title else (),
        lines=tuple(changed_lines(legible(old_body), legible(new.body))),
        topics_added=tuple(topic for topic in new.topics if topic not in old_topics),
        topics_removed=tuple(topic for topic in old_topics if topic not in new.topics),
    )
