"""Tables that hold something come through their migrations: those that also change rows are run over filled ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from twodesks.project.front import listening_address

# The state in which each app's tables are filled here, before the migrations after it change rows in them.
FIRST = [("insights", "0002_insight_by_help"), ("conversations", "0001_initial")]
THEN = [*FIRST[1:], ("capture", "0001_initial"), ("imports", "0001_initial")]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def _older_database(transactional_db: None) -> Iterator[None]:
    """An empty database in the place of the usual one, for one test."""
    usual = connection.settings_dict["NAME"]
    older = sql.Identifier(f"{usual}_before")
    with psycopg.connect(listening_address(), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(older))
        server.execute(sql.SQL("CREATE DATABASE {}").format(older))
        connection.close()
        connection.settings_dict["NAME"] = f"{usual}_before"
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(older))


def migrate(targets: list[tuple[str, str]] | None = None) -> Apps:
    """To these, or to the newest of all; the models as they are then."""
    executor = MigrationExecutor(connection)
    wanted = targets or executor.loader.graph.leaf_nodes()
    executor.migrate(wanted)
    apps: Apps = executor.loader.project_state(wanted).apps
    return apps


def rows(apps: Apps, model: str) -> Any:
    found: Any = apps.get_model(model)
    return found.objects


def fill_insights(apps: Apps) -> None:
    """Three insights by Bob, of which two came in by an import; a colleague has written in one of these."""
    bob = rows(apps, "people.Member").create(email="bob@example.org", name="Bob")
    channel = rows(apps, "channels.Channel").create(name="Field", slug="field", created_by=bob)
    recording = rows(apps, "recordings.Recording").create(owner=bob, channel=channel, kind="voice")
    notes = {
        "imported": ["Imported", "Imported"],
        "touched": ["Imported; written by Zoë", "Imported from the new handbook"],
        None: ["Imported"],
    }
    for key, said in notes.items():
        insight = rows(apps, "insights.Insight").create(title=str(key), key=key, author=bob, channel=channel)
        for number, note in enumerate(said, 1):
            rows(apps, "insights.InsightRevision").create(insight=insight, number=number, author=bob, note=note)
        rows(apps, "insights.InsightClip").create(insight=insight, recording=recording, start_ms=0, end_ms=900)


def fill_conversations(apps: Apps) -> None:
    """A conversation that was captured after its second message, one that nobody captured, and runs of imports."""
    bob, channel = rows(apps, "people.Member").get(), rows(apps, "channels.Channel").get()
    insight = rows(apps, "insights.Insight").first()
    for title in ("Captured", "Captured while empty", "Left"):
        talk = rows(apps, "conversations.Conversation").create(title=title, channel=channel, started_by=bob)
        if title != "Captured while empty":
            for hour in range(3):
                at = NOON + timedelta(hours=hour)
                rows(apps, "conversations.Message").create(conversation=talk, author=bob, body="…", posted_at=at)
        if title != "Left":
            captured_at = NOON + timedelta(hours=1, minutes=1)
            rows(apps, "capture.ConversationInsight").create(
                conversation=talk, insight=insight, captured_by=bob, captured_at=captured_at
            )
    rows(apps, "capture.CatchUp").create(last_conversation_id=2)
    ended: dict[str, Any] = {"ended_at": NOON, "first_conversation_id": 1}
    for name, facts in {
        "ended": ended,
        "empty": ended | {"first_conversation_id": None},
        "under way": ended | {"ended_at": None},
        "undone": ended | {"undo_at": NOON},
    }.items():
        rows(apps, "imports.ImportRun").create(kind="slack", name=name, asked_by=bob, **facts)


@pytest.mark.usefixtures("_older_database")
def test_filled_tables_come_through_every_migration() -> None:
    fill_insights(migrate(FIRST))
    fill_conversations(migrate(THEN))
    apps = migrate()

    recording = rows(apps, "recordings.Recording").get().pk
    clips = rows(apps, "insights.InsightClip")
    assert list(clips.values_list("source_id", "recording_id", "words")) == [(recording, recording, "")] * 3

    revisions = rows(apps, "insights.InsightRevision").filter(is_imported=True)
    assert sorted(revisions.values_list("insight__key", "number")) == [("imported", 1), ("imported", 2), ("touched", 1)]

    second = rows(apps, "conversations.Message").filter(conversation__title="Captured").order_by("pk")[1]
    links = rows(apps, "capture.ConversationInsight").order_by("pk")
    assert list(links.values_list("heard_to", flat=True)) == [second.pk, 0]

    walks = rows(apps, "capture.ImportWalk")
    assert list(walks.values_list("run__name", "last_conversation_id")) == [("ended", 0)]

    talk = rows(apps, "conversations.Conversation")
    assert set(talk.values_list("client_key", flat=True)) == {None}
    assert talk.count() == 3
