"""Loading a library that was kept elsewhere."""

import json
from datetime import UTC, datetime

import pytest

from tests.cast import Cast, acting
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.engine.importing import ImportedInsight, check_lines, read_lines
from twodesks.insights.models import Credit, Insight, InsightRevision
from twodesks.insights.operations.import_insights import ImportReport, import_insights
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.kit.problem import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def lines(*told: dict[str, object]) -> list[ImportedInsight]:
    return list(read_lines(json.dumps(line) for line in told))


FAQ: dict[str, object] = {
    "key": "faq-1",
    "title": "Reset a badge",
    "body": "Hold it to the reader for *five* seconds.",
    "author": "bob@example.org",
    "topics": ["Badges", "badges", "Doors"],
    "created_at": "2024-03-01T10:00:00Z",
}


def test_a_line_becomes_a_published_insight_with_its_author_and_its_time(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    report = import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ))
    assert report == ImportReport(added=1)
    insight = Insight.objects.get(key="faq-1")
    assert (insight.title, insight.author, insight.topics) == ("Reset a badge", cast.bob, ["Badges", "Doors"])
    assert insight.published_at == insight.created_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert insight.current_revision is not None
    assert insight.current_revision.body == FAQ["body"]
    assert Credit.objects.get(insight=insight).role == Credit.Role.EXPLAINED


def test_running_it_twice_changes_nothing(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ))
    assert import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ, FAQ)) == ImportReport(unchanged=1)
    assert InsightRevision.objects.count() == 1


def test_a_line_without_a_key_is_known_by_its_words(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    line: dict[str, object] = {"title": "Lights", "body": "The switch is behind the door."}
    import_insights(actor=actor, channel_id=channel.pk, lines=lines(line))
    assert import_insights(actor=actor, channel_id=channel.pk, lines=lines(line)).unchanged == 1


def test_a_changed_line_is_a_revision_but_never_over_what_was_written_here(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ))
    newer = FAQ | {"body": "Hold it for ten seconds."}
    assert import_insights(actor=actor, channel_id=channel.pk, lines=lines(newer)) == ImportReport(revised=1)
    insight = Insight.objects.get(key="faq-1")
    revise_insight(
        actor=acting(cast.carol), insight_id=insight.pk, base=2, title=insight.title, body="Ask at the desk."
    )
    newest = FAQ | {"body": "Hold it for a minute."}
    assert import_insights(actor=actor, channel_id=channel.pk, lines=lines(newest)) == ImportReport(changed_here=1)
    insight.refresh_from_db()
    assert insight.body == "Ask at the desk."


def test_what_a_colleague_says_is_imported_is_still_theirs(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ))
    insight = Insight.objects.get(key="faq-1")
    revise_insight(
        actor=acting(cast.carol),
        insight_id=insight.pk,
        base=1,
        title=insight.title,
        body="Imported from the new handbook: ask at the desk.",
        note="Imported from the new handbook",
    )
    newer = FAQ | {"body": "Hold it for ten seconds."}
    assert import_insights(actor=actor, channel_id=channel.pk, lines=lines(newer)) == ImportReport(changed_here=1)
    insight.refresh_from_db()
    assert insight.body == "Imported from the new handbook: ask at the desk."
    assert list(insight.revisions.order_by("number").values_list("is_imported", flat=True)) == [True, False]


def test_an_author_who_is_no_member_is_named_in_the_note(cast: Cast) -> None:
    actor = acting(cast.dave)
    channel = create_channel(actor=actor, name="House")
    report = import_insights(actor=actor, channel_id=channel.pk, lines=lines(FAQ | {"author": "Zoë from before"}))
    assert report.unknown_authors == 1
    revision = InsightRevision.objects.get()
    assert (revision.note, revision.author) == ("Imported; written by Zoë from before", cast.dave)


def test_a_title_that_is_too_long_is_kept_whole_in_the_body() -> None:
    title = "word " * 60
    (line,) = lines({"title": title, "body": "b"})
    assert len(line.title) <= 200
    assert line.title.endswith("…")
    assert line.body.startswith(title.strip())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("nope", "Line 2 is not JSON"),
        ("[1]", "Line 2 is not an object"),
        ('{"body": "b"}', "Line 2: it has no title"),
        ('{"title": "t", "topics": "x"}', "Line 2: its topics"),
        ('{"title": "t", "body": ["b"]}', "Line 2: its body is not text"),
        ('{"title": "t", "created_at": "soon"}', "Line 2: its created_at"),
        ('{"title": "t", "body": "' + "x" * 100_001 + '"}', "Line 2: This text has 100,001 letters"),
    ],
)
def test_a_fault_is_named_by_its_line_before_anything_is_written(line: str, told: str) -> None:
    with pytest.raises(Invalid, match=told) as refused:
        check_lines([json.dumps(FAQ), line, ""])
    assert refused.value.detail.startswith("Nothing was imported.")


def test_nobody_imports_into_what_they_do_not_see_or_what_is_archived(cast: Cast) -> None:
    private = create_channel(actor=acting(cast.bob), name="Secret", visibility="private")
    with pytest.raises(NotFound):
        import_insights(actor=acting(cast.dave), channel_id=private.pk, lines=lines(FAQ))
    archive_channel(actor=acting(cast.bob), channel_id=private.pk)
    with pytest.raises(Denied):
        import_insights(actor=acting(cast.bob), channel_id=private.pk, lines=lines(FAQ))
    assert not Insight.objects.exists()
