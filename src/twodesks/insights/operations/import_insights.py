"""Load a library that was kept elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights.engine.importing import ImportedInsight
from twodesks.insights.engine.words import slug_of
from twodesks.insights.models import Credit, Insight, InsightRevision
from twodesks.insights.operations.add_revision import add_revision
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.queries import members

if TYPE_CHECKING:
    from twodesks.channels.models import Channel

NOTE = "Imported"


@dataclass(slots=True)
class ImportReport:
    """What became of the lines. `changed_here`: differ in the file, but somebody has written in them since."""

    added: int = 0
    revised: int = 0
    unchanged: int = 0
    changed_here: int = 0
    unknown_authors: int = 0

    def add(self, other: "ImportReport") -> None:
        self.added += other.added
        self.revised += other.revised
        self.unchanged += other.unchanged
        self.changed_here += other.changed_here
        self.unknown_authors += other.unknown_authors


@operation("insights.import_insights")
def import_insights(*, actor: Actor, channel_id: int, lines: Sequence[ImportedInsight]) -> ImportReport:
    """Publish these lines in a channel: all of them or, when anything fails, none.

    Safe to run again: a line's `key` names its insight within the channel. A line that changed becomes a revision,
    unless somebody has written in the insight here. Authors who are members are credited; others are named in the note.
    Call it for some hundreds of lines at a time.
    """
    actor.require_member()
    channel = get_channel(actor, channel_id)
    may_post(actor, channel).require()
    latest = {line.key: line for line in lines}
    report = ImportReport()
    with transaction.atomic():
        _one_import_at_a_time(channel)
        known = {
            insight.key: insight
            for insight in Insight.objects.select_for_update(of=("self",)).filter(channel=channel, key__in=latest)
        }
        authors = _authors(actor)
        touched = _add(actor, channel, [line for key, line in latest.items() if key not in known], authors, report)
        touched += _revise(actor, known, latest, report)
        if touched:
            record_statement(
                actor=actor,
                verb="imported",
                object_type="channel",
                object_id=channel.pk,
                channel_id=channel.pk,
                result={"insight_ids": touched},
            )
    return report


def _one_import_at_a_time(channel: "Channel") -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('insights import'), %s)", [channel.pk % 2**31])


def _authors(actor: Actor) -> dict[str, int]:
    """Members by their address and by their name, in lower case; a name that two have names nobody."""
    by_name: dict[str, list[int]] = {}
    for pk, email, name in members(actor).values_list("pk", "email", "name"):
        by_name.setdefault(name.lower(), []).append(pk)
        by_name[email.lower()] = [pk]
    return {name: pks[0] for name, pks in by_name.items() if len(pks) == 1}


def _add(
    actor: Actor,
    channel: "Channel",
    lines: Sequence[ImportedInsight],
    authors: dict[str, int],
    report: ImportReport,
) -> list[int]:
    if not lines:
        return []
    now = timezone.now()
    importer = actor.require_member()
    insights = Insight.objects.bulk_create(
        [
            Insight(
                channel=channel,
                author_id=authors.get(line.author.lower(), importer),
                key=line.key,
                title=line.title,
                slug=slug_of(line.title),
                body=line.body,
                topics=list(line.topics),
                created_at=line.created_at or now,
                published_at=line.created_at or now,
                published_by_id=importer,
                changed_at=line.created_at or now,
            )
            for line in lines
        ],
        batch_size=500,
    )
    revisions = InsightRevision.objects.bulk_create(
        [
            InsightRevision(
                insight=insight,
                number=1,
                title=insight.title,
                body=insight.body,
                topics=insight.topics,
                author_id=insight.author_id,
                note=_note(line, authors),
                is_imported=True,
                created_at=insight.created_at,
            )
            for insight, line in zip(insights, lines, strict=True)
        ],
        batch_size=500,
    )
    _point_at_revisions(insights, revisions)
    Credit.objects.bulk_create(_credits(insights, lines, authors, importer), batch_size=1_000)
    report.added += len(insights)
    report.unknown_authors += sum(bool(line.author) and line.author.lower() not in authors for line in lines)
    return [insight.pk for insight in insights]


def _point_at_revisions(insights: Sequence[Insight], revisions: Sequence[InsightRevision]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE insights_insight AS insight SET current_revision_id = made.revision"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS made (insight, revision) WHERE insight.id = made.insight",
            [[insight.pk for insight in insights], [revision.pk for revision in revisions]],
        )


def _credits(
    insights: Sequence[Insight], lines: Sequence[ImportedInsight], authors: dict[str, int], importer: int
) -> list[Credit]:
    return [
        Credit(
            insight=insight,
            member_id=insight.author_id,
            role=Credit.Role.EXPLAINED if line.author.lower() in authors else Credit.Role.CAPTURED,
            given_by_id=importer,
        )
        for insight, line in zip(insights, lines, strict=True)
    ]


def _note(line: ImportedInsight, authors: dict[str, int]) -> str:
    unknown = line.author and line.author.lower() not in authors
    return f"{NOTE}; written by {line.author}" if unknown else NOTE


def _revise(
    actor: Actor, known: dict[str | None, Insight], latest: dict[str, ImportedInsight], report: ImportReport
) -> list[int]:
    imported = _last_imported(list(known.values()))
    touched: list[int] = []
    for key, insight in known.items():
        line, before = latest[key or ""], imported.get(insight.pk)
        if before is not None and _says(before, line):
            report.unchanged += 1
        elif before is None or before.pk != insight.current_revision_id:
            report.changed_here += 1
        else:
            add_revision(
                actor=actor,
                insight=insight,
                title=line.title,
                body=line.body,
                topics=list(line.topics),
                note=NOTE,
                is_imported=True,
            )
            report.revised += 1
            touched.append(insight.pk)
    return touched


def _last_imported(insights: Sequence[Insight]) -> dict[int, InsightRevision]:
    rows = InsightRevision.objects.filter(insight__in=insights, is_imported=True).order_by("number")
    return {revision.insight_id: revision for revision in rows}


def _says(revision: InsightRevision, line: ImportedInsight) -> bool:
    return (revision.title, revision.body, revision.topics) == (line.title, line.body, list(line.topics))
