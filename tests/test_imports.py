"""Imports across rooms: found afterwards, by the command line, by the administrator's pages."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from typer.testing import CliRunner

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.cli.imports import app
from twodesks.conversations.models import Conversation, Message
from twodesks.imports.jobs import look
from twodesks.imports.jobs import run as run_job
from twodesks.imports.jobs import undo as undo_job
from twodesks.imports.models import ImportRun
from twodesks.imports.operations import look_at_import, run_import
from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.revive_imports import revive_imports
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in, in_a_job
from twodesks.imports.tests.exports import ADA, BEN, THREAD, as_folder, as_zip, said, slack_files
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid
from twodesks.media.models import Upload
from twodesks.people.models import Member
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


def test_a_name_from_elsewhere_offers_to_be_claimed_and_members_do_not(
    cast: Cast, client: Client, tmp_path: Path
) -> None:
    brought_in(cast.dave, export(tmp_path))
    ben = Member.objects.get(name="Ben Ito")
    button, claim = ">That was me<", f'action="/people/{ben.pk}/claim/"'

    def page(member: Member, of: Member = ben) -> str:
        client.force_login(member)
        return client.get(f"/people/{of.pk}/").content.decode()

    assert button in page(cast.bob)
    assert claim in page(cast.bob)
    assert "A name from Slack" in page(cast.erin)
    assert "Has left" not in page(cast.erin)
    for other in (cast.erin, cast.bob):
        assert "That was me" not in page(cast.bob, other)
    client.force_login(cast.bob)
    assert client.post(f"/people/{ben.pk}/claim/").headers["Location"] == f"/people/{ben.pk}/"
    assert ">It was not me<" in page(cast.bob)
    assert claim not in page(cast.erin)
    assert "Somebody has said that it was them" in page(cast.erin)
    client.force_login(cast.dave)
    client.post(f"/administration/claims/{ben.pk}/", {"accept": "1"})
    assert f'This was <a href="/people/{cast.bob.pk}/">{cast.bob.name}</a>' in page(cast.erin)
    assert claim not in page(cast.erin)


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


# The administrator's pages


@pytest.fixture
def dave(cast: Cast, client: Client) -> Client:
    client.force_login(cast.dave)
    return client


def sent(client: Client, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("export.zip", content, content_type="application/zip")
    return client.post("/administration/import/", {"kind": "slack", "file": file, **more})


def zipped(tmp_path: Path) -> bytes:
    days = {
        "general/2024-05-01.json": THREAD,
        "secret/2024-05-01.json": [said(ADA, "1714554000.7", "among us")],
        "lunch/2024-05-01.json": [said(ADA, "1714554000.8", "soup today")],
    }
    files = slack_files(days, groups=[{"id": "G0SECRET1", "name": "secret", "members": [ADA, BEN]}])
    return as_zip(files, tmp_path / "e.zip").read_bytes()


def test_administrator_brings_in_by_forms_alone(dave: Client, cast: Cast, tmp_path: Path) -> None:
    answer = sent(dave, zipped(tmp_path))
    run = ImportRun.objects.get()
    assert answer.headers["Location"] == f"/administration/import/{run.pk}/"
    assert "Being looked at" in dave.get(answer.headers["Location"]).content.decode()
    in_a_job(look, run.pk)
    page = dave.get(answer.headers["Location"]).content.decode()
    assert "New: #general" in page
    assert "its 2 members" in page
    general = next(one["key"] for one in told_of(run)["channels"] if one["name"] == "general")
    dave.post(f"/administration/import/{run.pk}/start/", {"take": [general], f"target:{general}": "0"})
    assert "of 3 messages" in dave.get(answer.headers["Location"]).content.decode()
    in_a_job(run_job, run.pk)
    page = dave.get(f"/administration/import/{run.pk}/part/").content.decode()
    assert "It is all in." in page
    assert "Channels that you left out" in page
    assert dave.get(f"/administration/import/{run.pk}/report.json").json()["messages"] == 3
    assert "Take back all that came in?" in dave.get(f"/administration/import/{run.pk}/undo/").content.decode()
    dave.post(f"/administration/import/{run.pk}/undo/")
    undo_job(run_id=run.pk)
    assert "It is undone." in dave.get(answer.headers["Location"]).content.decode()
    assert not Message.objects.exists()
    # The server keeps no copy of what nobody needs.
    assert not Upload.objects.exists()


def told_of(run: ImportRun) -> dict[str, Any]:
    run.refresh_from_db()
    return run.preview or {}


def test_page_pauses_and_goes_on(dave: Client, tmp_path: Path) -> None:
    sent(dave, zipped(tmp_path))
    run = ImportRun.objects.get()
    in_a_job(look, run.pk)
    keys = [one["key"] for one in told_of(run)["channels"]]
    dave.post(f"/administration/import/{run.pk}/start/", {"take": keys})
    dave.post(f"/administration/import/{run.pk}/pause/", {"resume": "0"})
    in_a_job(run_job, run.pk)
    assert "Resting since" in dave.get(f"/administration/import/{run.pk}/").content.decode()
    dave.post(f"/administration/import/{run.pk}/pause/", {"resume": "1"})
    in_a_job(run_job, run.pk)
    assert Message.objects.count() == 5


def test_page_tells_what_is_wrong_with_a_file(dave: Client, tmp_path: Path) -> None:
    nothing = dave.post("/administration/import/", {"kind": "slack"})
    assert nothing.status_code == 422
    assert "Choose the file of the export." in nothing.content.decode()
    sent(dave, b"PK\x03\x04 broken")
    run = ImportRun.objects.get()
    in_a_job(look, run.pk)
    page = dave.get(f"/administration/import/{run.pk}/").content.decode()
    assert "cut short" in page
    assert "Nothing was changed" in page


def test_pages_are_for_administrators(cast: Cast, client: Client, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    client.force_login(cast.alice)
    for path in ("", f"{run.pk}/", f"{run.pk}/part/", f"{run.pk}/report.json", f"{run.pk}/undo/"):
        assert client.get(f"/administration/import/{path}").status_code == 403
    for path in ("start", "pause", "undo"):
        assert client.post(f"/administration/import/{run.pk}/{path}/").status_code == 403


def test_claim_is_made_on_one_page_and_settled_on_another(cast: Cast, client: Client, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    ben = Message.objects.exclude(author=cast.alice).get().author
    assert ben is not None
    client.force_login(cast.bob)
    client.post(f"/people/{ben.pk}/claim/")
    assert client.post(f"/administration/claims/{ben.pk}/", {"accept": "1"}).status_code == 403
    client.force_login(cast.dave)
    assert "Bob Explainer says that they were" in client.get("/administration/import/").content.decode()
    client.post(f"/administration/claims/{ben.pk}/", {"accept": "1"})
    assert Message.objects.filter(author=cast.bob).count() == 1


def test_defect_that_ends_every_attempt_ends_the_import_in_words(
    dave: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError

    sent(dave, zipped(tmp_path))
    run = ImportRun.objects.get()
    page = f"/administration/import/{run.pk}/"
    with monkeypatch.context() as patched:
        patched.setattr(look_at_import, "preview_source", broken)
        with pytest.raises(RuntimeError):
            in_a_job(look, run.pk, attempts=1)
        assert "Being looked at" in dave.get(page).content.decode()
        with pytest.raises(RuntimeError):
            in_a_job(look, run.pk, attempts=3)
        assert "Something went wrong on the server" in dave.get(page).content.decode()
    in_a_job(look, run.pk)
    keys = [one["key"] for one in told_of(run)["channels"]]
    dave.post(f"{page}start/", {"take": keys})
    with monkeypatch.context() as patched:
        patched.setattr(run_import, "take_files", broken)
        with pytest.raises(RuntimeError):
            in_a_job(run_job, run.pk, attempts=3)
    run.refresh_from_db()
    assert (run.state, Message.objects.count()) == ("failed", 5)
    dave.post(f"{page}pause/", {"resume": "1"})
    in_a_job(run_job, run.pk)
    run.refresh_from_db()
    assert (run.state, Message.objects.count()) == ("report", 5)


def test_export_that_nobody_starts_goes_at_a_word_or_after_a_week(dave: Client, cast: Cast, tmp_path: Path) -> None:
    for _ in range(2):
        sent(dave, zipped(tmp_path))
    first, second = ImportRun.objects.order_by("pk")
    in_a_job(look, first.pk)
    assert "Throw it away" in dave.get(first.get_absolute_url()).content.decode()
    assert dave.post(f"{first.get_absolute_url()}discard/").status_code == 302
    assert list(ImportRun.objects.all()) == [second]
    in_a_job(look, first.pk)
    revive_imports(actor=SERVER)
    assert Upload.objects.count() == 1
    ImportRun.objects.update(asked_at=timezone.now() - timedelta(days=8))
    revive_imports(actor=SERVER)
    assert not ImportRun.objects.exists()
    assert not Upload.objects.exists()
    run = brought_in(cast.dave, export(tmp_path))
    assert dave.post(f"{run.get_absolute_url()}discard/").status_code == 409
    dave.force_login(cast.alice)
    assert dave.post(f"{run.get_absolute_url()}discard/").status_code == 403
