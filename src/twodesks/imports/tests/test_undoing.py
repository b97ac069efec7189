"""Taking an import back, and names that turn out to be members."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo

from tests.cast import PASSWORD, Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Mention, Message, Reaction
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.queries.thread import read_thread
from twodesks.imports.models import ImportedPerson, ImportRun
from twodesks.imports.operations import carry_out_undo as undoing
from twodesks.imports.operations.carry_out_undo import MOST_TRIES, carry_out_undo
from twodesks.imports.operations.open_run import alone_with
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.revive_imports import revive_imports
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in, started
from twodesks.imports.tests.exports import ADA, BEN, SECRET, THREAD, as_folder, as_zip, said, slack_files
from twodesks.kit.actor import guest
from twodesks.kit.problem import Busy, Conflict, Denied, Invalid, NotFound
from twodesks.media.models import MediaFile
from twodesks.people.models import Member, Placeholder
from twodesks.people.operations.claim_placeholder import claim_placeholder
from twodesks.people.operations.deactivate_member import deactivate_member
from twodesks.people.operations.settle_claim import settle_claim
from twodesks.people.operations.sign_in import sign_in
from twodesks.people.queries import likely_placeholders, open_claims, placeholder_of

OTHER = [said(BEN, "1714640400.1", "where is the manual for the lift?", thread_ts="1714640400.1", reply_count=1)]


def export(tmp_path: Path) -> Path:
    return as_folder(slack_files({"general/2024-05-01.json": [*THREAD, *OTHER]}), tmp_path / "export")


def undone(cast: Cast, run: ImportRun) -> ImportRun:
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)
    return carry_out_undo(actor=SERVER, run_id=run.pk)


def test_undone_everything_is_as_it_was(cast: Cast, tmp_path: Path) -> None:
    before = (Member.objects.count(), Channel.objects.count())
    run = undone(cast, brought_in(cast.dave, export(tmp_path)))
    assert run.state == "undone"
    assert run.undo_report == {"messages": 4, "conversations": 2, "kept_conversations": 0, "channels": 1, "people": 1}
    assert not Message.objects.exists()
    assert not Conversation.objects.exists()
    assert not Reaction.objects.exists()
    assert (Member.objects.count(), Channel.objects.count()) == before
    again = brought_in(cast.dave, tmp_path / "export")
    assert again.messages == 4


def test_what_people_have_added_since_stays_and_is_counted(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    thread = Conversation.objects.get(answer_count__gt=0)
    post_message(actor=acting(cast.bob), conversation_id=thread.pk, body="Still true in 2026.")
    run = undone(cast, run)
    assert run.undo_report == {"messages": 1, "conversations": 1, "kept_conversations": 1, "channels": 0, "people": 0}
    kept = read_thread(acting(cast.erin), thread.pk)
    assert [reply.message.body for reply in kept.replies][-1] == "Still true in 2026."
    assert kept.conversation.message_count == 4
    assert Channel.objects.filter(name="general").exists()


def test_thanked_message_keeps_its_conversation(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    answer = Message.objects.get(author=cast.alice, reply_to=None, body__contains="reset")
    thank_for_message(actor=acting(cast.bob), message_id=answer.pk, words="helped me today")
    assert (undone(cast, run).undo_report or {})["kept_conversations"] == 1


def test_only_what_this_run_brought_goes(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    late = said(BEN, "1714726800.1", "works still", thread_ts=THREAD[0]["ts"])
    as_folder({"general/2024-05-03.json": slack_files({"x": [late]})["x"]}, tmp_path / "export")
    run = undone(cast, brought_in(cast.dave, tmp_path / "export"))
    assert (run.undo_report or {})["messages"] == 1
    thread = Conversation.objects.get(answer_count__gt=0)
    assert (thread.message_count, Message.objects.count()) == (3, 4)


def test_files_go_with_their_messages(cast: Cast, tmp_path: Path) -> None:
    day = [said(ADA, "1714554000.1", "look", files=[{"id": "F1", "name": "plan.txt"}])]
    files = slack_files({"general/2024-05-01.json": day}) | {"__uploads/F1/plan.txt": b"ok"}
    run = brought_in(cast.dave, as_zip(files, tmp_path / "e.zip"))
    assert MediaFile.objects.count() == 1
    undone(cast, run)
    assert MediaFile.objects.count() == 0


def test_undo_ends_after_thirty_days_and_is_for_administrators(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    with pytest.raises(NotFound):
        undo_import(actor=acting(cast.alice), run_id=run.pk)
    late = run.undo_until + timedelta(seconds=1)
    with pytest.raises(Denied, match="they are over"):
        undo_import(actor=acting(cast.dave), run_id=run.pk, now=late)
    undone(cast, run)
    with pytest.raises(Conflict):
        undo_import(actor=acting(cast.dave), run_id=run.pk)
    with pytest.raises(Denied):
        carry_out_undo(actor=acting(cast.dave), run_id=run.pk)
    assert not Conversation.objects.exists()


def test_import_that_is_undone_half_way_stops_and_can_be_begun_again(cast: Cast, tmp_path: Path) -> None:
    run = started(cast.dave, export(tmp_path))
    pause_import(actor=acting(cast.dave), run_id=run.pk)
    undone(cast, run)
    assert run_import(actor=SERVER, run_id=run.pk).messages == 0
    assert brought_in(cast.dave, tmp_path / "export").messages == 4


@pytest.mark.django_db(transaction=True)
def test_two_processes_do_not_work_on_one_source(tmp_path: Path) -> None:
    with alone_with(7), psycopg.connect(_address()) as other:
        held = other.execute("SELECT pg_try_advisory_lock(425, 7)").fetchone()
        assert held == (False,)
    with psycopg.connect(_address()) as other:
        assert other.execute("SELECT pg_try_advisory_lock(425, 7)").fetchone() == (True,)
        with pytest.raises(Busy, match="just now"), alone_with(7):
            pass


def _address() -> str:
    used = connection.get_connection_params()
    return make_conninfo(**{key: used[key] for key in ("dbname", "user", "host", "port", "password") if used.get(key)})


def test_interrupted_import_is_gone_on_with_by_the_server(cast: Cast, tmp_path: Path) -> None:
    run = started(cast.dave, export(tmp_path))
    assert revive_imports(actor=SERVER) == 0
    ImportRun.objects.filter(pk=run.pk).update(started_at=run.started_at - timedelta(minutes=5))  # type: ignore[operator]
    assert revive_imports(actor=SERVER) == 1
    assert revive_imports(actor=SERVER) == 0
    with pytest.raises(Denied):
        revive_imports(actor=acting(cast.dave))


def tried(run: ImportRun, *, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ValueError, match="no such row"):
            carry_out_undo(actor=SERVER, run_id=run.pk)


def test_undo_that_fails_each_time_ends_and_says_why_and_can_be_asked_for_again(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    ImportRun.objects.filter(pk=run.pk).update(started_at=run.started_at - timedelta(minutes=5))  # type: ignore[operator]
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)

    def broken(**_: object) -> None:
        raise ValueError("no such row\nand more")

    with monkeypatch.context() as patched:
        patched.setattr(undoing, "remove_conversations", broken)
        tried(run, times=MOST_TRIES)
    run.refresh_from_db()
    assert (run.state, Message.objects.count()) == ("undo-failed", 4)
    assert "in 5 attempts: a fault on the server (ValueError: no such row)." in run.undo_failure
    assert revive_imports(actor=SERVER) == 0
    assert carry_out_undo(actor=SERVER, run_id=run.pk).state == "undo-failed"
    client.force_login(cast.dave)
    page = client.get(run.get_absolute_url()).content.decode()
    assert "It could not be undone in 5 attempts" in page
    assert "Try again" in page
    assert client.get("/administration/import/").content.decode().count("It could not be undone.") == 1
    assert undone(cast, run).state == "undone"
    assert not Message.objects.exists()


def test_undo_whose_process_dies_each_time_ends_too(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, export(tmp_path))
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)
    ImportRun.objects.filter(pk=run.pk).update(undo_tries=MOST_TRIES)
    run = carry_out_undo(actor=SERVER, run_id=run.pk)
    assert (run.state, Message.objects.count()) == ("undo-failed", 4)
    assert "the server was stopped in the midst of it" in run.undo_failure


# Names from elsewhere


def test_member_claims_a_name_and_once_confirmed_its_words_are_theirs(cast: Cast, tmp_path: Path) -> None:
    create_channel(actor=acting(cast.alice), name="general")
    days = {
        "general/2024-05-01.json": [*THREAD, said(ADA, "1714554200.1", f"ask <@{BEN}>")],
        "secret/2024-05-01.json": [said(BEN, "1714554000.1", "among us")],
    }
    files = slack_files(days, groups=[{"id": SECRET, "name": "secret", "members": [ADA, BEN]}])
    brought_in(cast.dave, as_folder(files, tmp_path / "export"))
    ben = Member.objects.get(name="Ben Ito")
    claim_placeholder(actor=acting(cast.bob), member_id=ben.pk)
    assert Message.objects.filter(author=ben).count() == 2
    assert [claim.claimed_by for claim in open_claims(acting(cast.dave))] == [cast.bob]
    assert not open_claims(acting(cast.alice)).exists()
    settle_claim(actor=acting(cast.dave), member_id=ben.pk, accept=True)
    assert not Message.objects.filter(author=ben).exists()
    assert Message.objects.filter(author=cast.bob).count() == 2
    assert Mention.objects.filter(member=cast.bob).count() == 1
    assert Message.objects.filter(body=f"ask [@Ben Ito](/people/{cast.bob.pk}/)").exists()
    assert set(Reaction.objects.values_list("member", flat=True)) == {cast.bob.pk, cast.alice.pk}
    assert read_thread(acting(cast.bob), Conversation.objects.get(channel__name="secret").pk).opening is not None
    late = said(BEN, "1714640400.1", "and one more")
    as_folder({"general/2024-05-02.json": slack_files({"x": [late]})["x"]}, tmp_path / "export")
    brought_in(cast.dave, tmp_path / "export")
    assert Message.objects.get(body="and one more").author == cast.bob


def test_claims_are_refused_in_words(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    ben = Member.objects.get(name="Ben Ito")
    with pytest.raises(NotFound):
        claim_placeholder(actor=acting(cast.bob), member_id=cast.alice.pk)
    with pytest.raises(Denied):
        settle_claim(actor=acting(cast.bob), member_id=ben.pk, accept=True)
    with pytest.raises(Conflict):
        settle_claim(actor=acting(cast.dave), member_id=ben.pk, accept=True)
    claim_placeholder(actor=acting(cast.bob), member_id=ben.pk)
    with pytest.raises(Denied, match="Somebody else"):
        claim_placeholder(actor=acting(cast.erin), member_id=ben.pk)
    settle_claim(actor=acting(cast.dave), member_id=ben.pk, accept=False)
    claim_placeholder(actor=acting(cast.erin), member_id=ben.pk)
    claim_placeholder(actor=acting(cast.erin), member_id=ben.pk, withdraw=True)
    found = placeholder_of(acting(cast.erin), ben.pk)
    assert found is not None
    assert found.claimed_by is None
    assert placeholder_of(guest(), ben.pk) is None


def test_name_from_elsewhere_cannot_sign_in_nor_be_opened(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    ben = Member.objects.get(name="Ben Ito")
    with pytest.raises(Invalid):
        sign_in(actor=guest(), email=ben.email, password=PASSWORD)
    with pytest.raises(Denied, match="came from elsewhere"):
        deactivate_member(actor=acting(cast.dave), member_id=ben.pk, active=True)


def test_those_who_join_later_are_shown_the_names_that_may_be_theirs(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    Member.objects.filter(pk=cast.bob.pk).update(email="ben@elsewhere.example")
    assert [placeholder.member.name for placeholder in likely_placeholders(acting(cast.bob))] == ["Ben Ito"]
    assert not likely_placeholders(acting(cast.erin)).exists()


def test_people_of_a_source_are_known_by_their_keys(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path))
    assert dict(ImportedPerson.objects.values_list("key", "member__name")) == {ADA: "Alice Asker", BEN: "Ben Ito"}
    assert Placeholder.objects.count() == 1
