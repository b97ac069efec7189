"""Imports across rooms: found afterwards, by the command line, by the administrator's pages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.cli.imports import app
from twodesks.conversations.models import Conversation, Message
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in
from twodesks.imports.tests.exports import BEN, THREAD, as_folder, as_zip, said, slack_files
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid
from twodesks.search.jobs import index_taken_in
from twodesks.search.operations.catch_up_conversations import catch_up_conversations
from twodesks.search.queries import search

pytestmark = pytest.mark.django_db


def export(tmp_path: Path) -> Path:
    return as_folder(slack_files({"general/2024-05-01.json": THREAD}), tmp_path / "export")


def found(actor: Actor, text: str) -> list[int]:
    return [hit.id for hit in search(actor, text, kinds=["conversation"]).hits]


def test_what_came_in_is_found_and_what_was_undone_is_not(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    catch_up_conversations()
    assert found(acting(cast.erin), "reset gripper") == [Conversation.objects.get().pk]
    late = said(BEN, "1714640400.1", "the isopropanol is in the blue cupboard", thread_ts=THREAD[0]["ts"])
    as_folder({"general/2024-05-02.json": slack_files({"x": [late]})["x"]}, tmp_path / "export")
    second = brought_in(cast.dave, tmp_path / "export")
    grown = Statement.objects.filter(verb="took-in", object_id=second.pk).get().result["grown_ids"]
    index_taken_in(conversation_ids=grown)
    assert found(acting(cast.erin), "isopropanol cupboard") == grown
    for one in (second, run):
        undo_import(actor=acting(cast.dave), run_id=one.pk, work=False)
        carry_out_undo(actor=SERVER, run_id=one.pk)
    catch_up_conversations()
    assert found(acting(cast.erin), "reset gripper") == []


def told(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output + result.stderr


def test_command_brings_in_says_what_it_did_and_takes_it_back(cast: Cast, tmp_path: Path) -> None:
    place = str(as_zip(slack_files({"general/2024-05-01.json": THREAD}), tmp_path / "e.zip"))
    assert "3 messages in 1 threads of 1 channels, by 2 people, 1 of them known here" in told(
        "slack", place, "--preview"
    )
    assert not Message.objects.exists()
    assert "Brought in 3 messages in 1 conversations" in told("slack", place)
    again = told("slack", place)
    assert "Brought in 0 messages" in again
    assert "Came in twice" in again
    run = ImportRun.objects.filter(messages=3).get()
    assert "report" in told("list")
    assert "Taken back: 3 messages in 1 conversations, 1 channels, 1 names" in told("undo", str(run.pk))
    assert not Message.objects.exists()


def test_command_refuses_in_words(cast: Cast, tmp_path: Path) -> None:
    other = tmp_path / "photo.zip"
    other.write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(Invalid, match="not such an export"):
        told("slack", str(other))
    with pytest.raises(Invalid, match="There is no channel lunch"):
        told("slack", str(export(tmp_path)), "--channel", "lunch")
    assert not Message.objects.exists()


def test_command_takes_other_chats(cast: Cast, tmp_path: Path) -> None:
    lines = [
        {"type": "version", "version": 1},
        {"type": "channel", "channel": {"team": "t", "name": "ops", "type": "O"}},
        {"type": "user", "user": {"username": "ada", "email": "alice@example.org"}},
        {
            "type": "post",
            "post": {"team": "t", "channel": "ops", "user": "ada", "message": "hi", "create_at": 1714554000000},
        },
    ]
    path = tmp_path / "bulk.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    assert "Brought in 1 messages" in told("mattermost", str(path))
    assert Message.objects.get().author == cast.alice
