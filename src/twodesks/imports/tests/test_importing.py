"""Bringing exports in: what becomes of them, twice, interrupted, refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from django.test import Client

from tests.bench_data import real_data
from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.queries import visible_channels
from twodesks.conversations.models import Conversation, Mention, Message, Reaction
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.queries.thread import read_thread
from twodesks.imports.engine.records import Reason
from twodesks.imports.models import ImportRun
from twodesks.imports.operations import run_import as running
from twodesks.imports.operations.ask_import import ask_import
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.start_import import start_import
from twodesks.imports.operations.take_in_batch import Batch, Taker
from twodesks.imports.queries.runs import get_run
from twodesks.imports.tests.doing import SERVER, brought_in, looked_at, started
from twodesks.imports.tests.exports import ADA, BEN, DIRECT, SECRET, THREAD, as_folder, as_zip, said, slack_files
from twodesks.imports.tests.test_other_sources import DUMP
from twodesks.kit.problem import Busy, Conflict, Denied, Invalid, NotFound
from twodesks.people.models import Member, Placeholder

DAY: Mapping[str, object] = {"general/2024-05-01.json": THREAD}


def slack(tmp_path: Path, days: Mapping[str, object] | None = None, **lists: object) -> Path:
    return as_folder(slack_files(days or DAY, **lists), tmp_path / "export")


def left_out(run: ImportRun, reason: Reason) -> int:
    return int(str(run.left_out.get(reason.value, {}).get("count", 0)))


def test_thread_becomes_a_conversation_of_those_who_wrote_it(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, slack(tmp_path))
    assert (run.state, run.messages, run.conversations, run.answered) == ("report", 3, 1, 1)
    conversation = Conversation.objects.get()
    assert (conversation.title, conversation.kind, conversation.origin) == (
        "How do I reset the gripper? reset --all <fails>", "question", "slack"
    )  # fmt: skip
    assert (conversation.started_by, conversation.message_count, conversation.answer_count) == (cast.alice, 3, 1)
    thread = read_thread(acting(cast.erin), conversation.pk)
    assert thread.opening is not None
    assert [reply.author.name for reply in thread.replies if reply.author] == ["Ben Ito", "Alice Asker"]
    answer = Message.objects.get(author__name="Ben Ito")
    assert answer.body == f"[@Alice Asker](/people/{cast.alice.pk}/) hold the button for 5 s"
    assert Mention.objects.get().member == cast.alice
    assert set(Reaction.objects.values_list("emoji", "member__name")) == {
        ("👍", "Ben Ito"), (":our-robot:", "Ben Ito"), (":our-robot:", "Alice Asker")
    }  # fmt: skip
    assert (run.people_known, run.people_new) == (1, 1)


def test_those_whom_nobody_knows_come_as_names_that_cannot_sign_in(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, slack(tmp_path))
    ben = Member.objects.get(name="Ben Ito")
    assert not ben.is_active
    assert not ben.has_usable_password()
    assert Placeholder.objects.get(member=ben).email == "ben@elsewhere.example"
    assert ben.email.endswith("@placeholder.invalid")


def test_channel_of_the_same_name_is_joined_and_others_are_made(cast: Cast, tmp_path: Path) -> None:
    here = create_channel(actor=acting(cast.alice), name="General")
    run = brought_in(cast.dave, slack(tmp_path, {**DAY, "old-team/2024-05-01.json": [said(ADA, "1714554000.9", "hi")]}))
    assert Conversation.objects.filter(channel=here).count() == 1
    assert Channel.objects.filter(name="old-team", visibility="open").exists()
    assert (run.preview or {})["channels"][0]["becomes"] == "#General"


def test_what_joins_what_can_be_chosen(cast: Cast, tmp_path: Path) -> None:
    target = create_channel(actor=acting(cast.alice), name="robots")
    private = create_channel(actor=acting(cast.alice), name="board", visibility="private")
    run = looked_at(cast.dave, slack(tmp_path, {**DAY, "other/2024-05-01.json": THREAD}))
    key = (run.preview or {})["channels"][0]["key"]
    for wrong in ({}, {key: private.pk}, {key: 999_999}):
        with pytest.raises(Invalid):
            start_import(actor=acting(cast.dave), run_id=run.pk, channels=wrong, work=False)
    start_import(actor=acting(cast.dave), run_id=run.pk, channels={key: target.pk}, work=False)
    run = run_import(actor=SERVER, run_id=run.pk)
    assert set(Conversation.objects.values_list("channel__name", flat=True)) == {"robots"}
    assert left_out(run, Reason.NOT_ASKED) == 1


def test_private_channel_keeps_its_members_and_shuts_out_who_brought_it_in(cast: Cast, tmp_path: Path) -> None:
    days = {**DAY, "secret/2024-05-01.json": [said(ADA, "1714554000.1", f"among us, <@{BEN}> and <@U0CY00001>")]}
    brought_in(cast.dave, slack(tmp_path, days, groups=[{"id": SECRET, "name": "secret", "members": [ADA, BEN]}]))
    secret = Channel.objects.get(name="secret")
    assert set(secret.memberships.values_list("member__name", flat=True)) == {"Alice Asker", "Ben Ito"}
    assert secret in visible_channels(acting(cast.alice))
    for other in (cast.dave, cast.erin):
        assert secret not in visible_channels(acting(other))
    message = Message.objects.get(conversation__channel=secret)
    assert [mention.member.name for mention in message.mentions.all()] == ["Ben Ito"]


def test_direct_messages_come_only_when_asked_for_and_stay_between_two(cast: Cast, tmp_path: Path) -> None:
    days = {**DAY, f"{DIRECT}/2024-05-01.json": [said(ADA, "1714554000.2", "to you alone")]}
    path = slack(tmp_path, days, dms=[{"id": DIRECT, "members": [ADA, BEN]}])
    run = brought_in(cast.dave, path)
    assert left_out(run, Reason.DIRECT) == 1
    assert not Message.objects.filter(body="to you alone").exists()
    run = brought_in(cast.dave, path, direct=True)
    assert run.messages == 1
    channel = Message.objects.get(body="to you alone").conversation.channel
    assert channel.is_private
    assert channel not in visible_channels(acting(cast.dave))


def test_running_twice_adds_only_what_is_new(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, slack(tmp_path))
    late = said(BEN, "1714640400.1", "still works", thread_ts=THREAD[0]["ts"])
    path = as_folder({"general/2024-05-02.json": slack_files({"x": [late]})["x"]}, tmp_path / "export")
    run = brought_in(cast.dave, path)
    assert (run.messages, run.conversations, left_out(run, Reason.REPEATED)) == (1, 0, 3)
    conversation = Conversation.objects.get()
    assert (conversation.message_count, conversation.answer_count) == (4, 2)
    assert conversation.last_message_at == Message.objects.get(body="still works").posted_at
    assert Member.objects.filter(name="Ben Ito").count() == 1


def test_loose_talk_is_untangled_and_two_of_one_name_stay_two(cast: Cast, tmp_path: Path) -> None:
    talk = [
        said("U1", "1714554000.1", "does anybody know why the lift stops at the second floor?"),
        said("U2", "1714554030.1", "<@U1>: the door sensor of the lift is dirty, wipe it"),
        said("U1", "1714554060.1", "<@U2>: that was it, the lift goes again. thank you"),
    ]
    users = [{"id": key, "team_id": "T1", "name": key, "profile": {"real_name": "Sam Lee"}} for key in ("U1", "U2")]
    brought_in(cast.dave, slack(tmp_path, {"general/2024-05-01.json": talk}, users=users))
    conversation = Conversation.objects.get()
    assert (conversation.message_count, conversation.answer_count, conversation.kind) == (3, 1, "question")
    assert Member.objects.filter(name="Sam Lee").count() == 2


def test_reply_whose_parent_is_gone_begins_its_conversation(cast: Cast, tmp_path: Path) -> None:
    orphan = said(BEN, "1714554060.2", "hold the button", thread_ts="1700000000.1")
    brought_in(cast.dave, slack(tmp_path, {"general/2024-05-01.json": [orphan]}))
    conversation = Conversation.objects.get()
    assert (conversation.title, conversation.message_count) == ("Hold the button", 1)


def test_files_in_the_export_go_with_their_messages(cast: Cast, tmp_path: Path) -> None:
    day = [
        said(ADA, "1714554000.1", "look", files=[{"id": "F1", "name": "plan.txt"}, {"id": "F2", "name": "empty.txt"}])
    ]
    files = slack_files({"general/2024-05-01.json": day}) | {
        "__uploads/F1/plan.txt": b"ok",
        "__uploads/F2/empty.txt": b"",
    }
    run = brought_in(cast.dave, as_zip(files, tmp_path / "e.zip"))
    attachments = Message.objects.get().attachments.all()
    assert [attachment.media_file.filename for attachment in attachments] == ["plan.txt"]
    assert left_out(run, Reason.FILE_UNTAKEN) == 1


def test_stack_exchange_brings_questions_with_accepted_answers_and_votes(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, as_folder(DUMP, tmp_path / "robots.meta"), "stackexchange")
    conversation = Conversation.objects.get()
    assert (conversation.title, conversation.topics, conversation.kind) == (
        "Why does it <stop>?", ["motors", "heat"], "question"
    )  # fmt: skip
    assert conversation.accepted_message is not None
    assert conversation.accepted_message.body == "```\ncool()\n```"
    assert conversation.accepted_message.source_facts == {"votes": 4, "said": "answer"}
    comment = Message.objects.get(source_key="comment:1")
    assert comment.reply_to == conversation.accepted_message


class Killed(BaseException):
    """As if the process had gone."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 20)


def kill_after(monkeypatch: pytest.MonkeyPatch, batches: int) -> None:
    """The process ends in the middle of a batch's transaction."""
    take_in, count = Taker.take_in, [0]

    def until(self: Taker, batch: Batch) -> None:
        count[0] += 1
        if count[0] > batches:
            raise Killed
        take_in(self, batch)

    monkeypatch.setattr(Taker, "take_in", until)


def as_it_is() -> set[tuple[str | None, str | None, str, int]]:
    return set(
        Message.objects.values_list("source_key", "conversation__source_key", "body", "conversation__message_count")
    )


@pytest.mark.usefixtures("small_batches")
def test_killed_at_any_point_it_goes_on_and_ends_as_if_it_had_not_been(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = real_data("slack-houstondatavis")
    run = brought_in(cast.dave, path)
    whole, told = as_it_is(), run.left_out
    Message.objects.update(reply_to=None)
    Reaction.objects.all().delete()
    Mention.objects.all().delete()
    Message.objects.all().delete()
    Conversation.objects.all().delete()
    run = started(cast.dave, path)
    for batches in (1, 2, 0, 1):
        with monkeypatch.context() as patched:
            kill_after(patched, batches)
            with pytest.raises(Killed):
                run_import(actor=SERVER, run_id=run.pk)
        run.refresh_from_db()
        assert run.state == "running"
        assert run.messages == Message.objects.count()
    run = run_import(actor=SERVER, run_id=run.pk)
    assert run.state == "report"
    assert {key for key, _, _, _ in as_it_is()} == {key for key, _, _, _ in whole}
    assert run.left_out == told
    # Untangling hears again what went before, so nearly all talk falls into the same conversations.
    assert len(as_it_is() & whole) >= 0.9 * len(whole)


@pytest.mark.usefixtures("small_batches")
def test_paused_it_rests_where_it_is_and_resumed_it_goes_on(cast: Cast, tmp_path: Path) -> None:
    run = started(cast.dave, real_data("slack-houstondatavis"))

    def pause(now: ImportRun) -> None:
        if now.messages > 200 and now.paused_at is None:
            pause_import(actor=acting(cast.dave), run_id=now.pk)

    run = run_import(actor=SERVER, run_id=run.pk, progress=pause)
    assert run.state == "paused"
    rested = Message.objects.count()
    assert 200 < rested < 1_031
    assert run_import(actor=SERVER, run_id=run.pk).messages == rested
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    run = run_import(actor=SERVER, run_id=run.pk)
    assert (run.state, run.messages) == ("report", 1_031)
    with pytest.raises(Conflict):
        pause_import(actor=acting(cast.dave), run_id=run.pk)


def test_same_source_comes_in_once_at_a_time(cast: Cast, tmp_path: Path) -> None:
    path = slack(tmp_path)
    first, second = started(cast.dave, path), looked_at(cast.dave, path)
    with pytest.raises(Busy, match="being brought in already"):
        start_import(actor=acting(cast.dave), run_id=second.pk, work=False)
    with pytest.raises(Conflict):
        start_import(actor=acting(cast.dave), run_id=first.pk, work=False)


def test_only_administrators_bring_things_in_and_others_do_not_hear_of_it(cast: Cast, tmp_path: Path) -> None:
    path = slack(tmp_path)
    run = looked_at(cast.dave, path)
    with pytest.raises(Denied):
        ask_import(actor=acting(cast.alice), kind="slack", path=path)
    with pytest.raises(Denied):
        start_import(actor=acting(cast.carol), run_id=run.pk)
    with pytest.raises(NotFound):
        get_run(acting(cast.alice), run.pk)
    with pytest.raises(Denied):
        look_at_import(actor=acting(cast.dave), run_id=run.pk)
    with pytest.raises(Denied):
        run_import(actor=acting(cast.dave), run_id=run.pk)


def test_broken_export_ends_in_words_and_leaves_everything_as_it_was(cast: Cast, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    run = looked_at(cast.dave, broken)
    assert run.state == "failed"
    assert "cut short" in run.failure
    with pytest.raises(Conflict):
        start_import(actor=acting(cast.dave), run_id=run.pk)
    with pytest.raises(Invalid):
        ask_import(actor=acting(cast.dave), kind="myspace", path=broken)
    assert not Conversation.objects.exists()


def test_export_that_goes_missing_midway_can_be_gone_on_with(cast: Cast, tmp_path: Path) -> None:
    path = slack(tmp_path)
    run = started(cast.dave, path)
    path.rename(tmp_path / "elsewhere")
    run = run_import(actor=SERVER, run_id=run.pk)
    assert run.state == "failed"
    (tmp_path / "elsewhere").rename(path)
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    assert run_import(actor=SERVER, run_id=run.pk).messages == 3


def test_looking_changes_nothing_and_says_what_would_come(cast: Cast, tmp_path: Path) -> None:
    before = (Member.objects.count(), Channel.objects.count())
    day = [*THREAD, said("", "1714554000.4", "green", subtype="bot_message", bot_id="B1")]
    run = looked_at(cast.dave, slack(tmp_path, {"general/2024-05-01.json": day}))
    told = run.preview or {}
    assert (told["messages"], told["threads"], told["answered"], told["people"], told["people_known"]) == (
        3,
        1,
        1,
        2,
        1,
    )
    assert told["left_out"][Reason.BOT.value]["count"] == 1
    assert told["channels"][0]["readers"] == 2
    assert (Member.objects.count(), Channel.objects.count()) == before


def test_ledger_tells_of_the_import_and_not_of_each_message(cast: Cast, tmp_path: Path) -> None:
    run = brought_in(cast.dave, slack(tmp_path))
    told = Statement.objects.filter(object_type="import", object_id=run.pk).order_by("pk")
    verbs = list(told.values_list("verb", flat=True))
    assert verbs == ["asked-for", "started", "took-in", "ended"]
    assert not Statement.objects.filter(object_type="conversation").exists()


def test_who_wrote_before_an_import_is_no_newcomer_and_addresses_stay_as_they_are(
    cast: Cast, tmp_path: Path, client: Client
) -> None:
    asked = said(BEN, "1714640400.1", "<http://example.org/a>", thread_ts="1714640400.1", reply_count=1)
    brought_in(cast.dave, as_folder(slack_files({"general/2024-05-01.json": [asked]}), tmp_path / "export"))
    conversation = Conversation.objects.get()
    assert conversation.title == "http://example.org/a"
    client.force_login(cast.erin)
    page = client.get(f"/conversations/{conversation.pk}/").content.decode()
    assert "Ben Ito" in page
    assert "since " not in page[page.index("<h1>") : page.index('id="answers"')]
    here = start_conversation(actor=acting(cast.alice), channel_id=conversation.channel_id, title="Where is it?")
    assert "since " in client.get(f"/conversations/{here.pk}/").content.decode()
