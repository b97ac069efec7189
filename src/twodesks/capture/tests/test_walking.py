"""Conversations that came by import: judged when all of it is in, again when more came, in a few queries."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, acting
from twodesks.capture.models import ConversationWorth, GrownConversation, ImportWalk, KeepOffer
from twodesks.capture.operations.catch_up import catch_up
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.queries import offer_on, offers_for, possible_updates
from twodesks.channels.models import Channel, ChannelSteward
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in, started
from twodesks.imports.tests.exports import ADA, BEN, as_folder, said, slack_files
from twodesks.insights.models import Credit, Thanks
from twodesks.insights.operations.credit_member import credit_member
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.people.models import Member
from twodesks.people.operations.claim_placeholder import claim_placeholder
from twodesks.people.operations.settle_claim import settle_claim

pytestmark = pytest.mark.django_db

BOB_THERE = "U0BOB0001"
EXPLAINED = (
    "Look in pg_stat_activity first: `select pid, query from pg_stat_activity where wait_event_type = 'Lock'`.",
    "First stop the worker. Then run `pg_blocking_pids(pid)`, because the one that waits is not the one that holds. "
    "Finally end the idle session with `pg_terminate_backend(pid)`.",
    "If it is not idle, wait for it instead; otherwise you may lose what it was writing.",
)


def thread(day: int, number: int, *answers: str, thanks: bool = True) -> list[dict[str, Any]]:
    """Ada (Alice here) asks, the export's Bob explains, Ada says that it worked."""
    begun = 1714554000 + day * 86_400 + number * 600
    at = f"{begun}.000100"
    said_in = [(ADA, f"How do I see which query holds the lock on orders, {number}?")]
    said_in += [(BOB_THERE, words) for words in answers]
    said_in += [(ADA, "That worked, thank you! It was an idle session.")] if thanks else []
    return [
        said(who, f"{begun + 30 * place}.000100", words, thread_ts=at) for place, (who, words) in enumerate(said_in)
    ]


def export(tmp_path: Path, **days: list[dict[str, Any]]) -> Path:
    people = slack_files()["users.json"]
    bob = {"id": BOB_THERE, "name": "bob", "profile": {"real_name": "Bob", "email": "bob@example.org"}}
    files = slack_files({f"general/{day.strip('_').replace('_', '-')}.json": lines for day, lines in days.items()})
    return as_folder(files | {"users.json": people[:-1] + b", " + json.dumps(bob).encode() + b"]"}, tmp_path / "export")


def walk() -> None:
    while catch_up(actor=SERVER):
        pass


def test_an_import_is_judged_when_it_has_ended_and_offered_to_who_explained(cast: Cast, tmp_path: Path) -> None:
    path = export(tmp_path, _2024_05_01=thread(0, 0, *EXPLAINED), _2024_05_02=thread(1, 1, "No idea."))
    run = started(cast.dave, path)
    assert not catch_up(actor=SERVER)
    run_import(actor=SERVER, run_id=run.pk)
    walk()
    assert ConversationWorth.objects.count() == 2
    assert KeepOffer.objects.get().member == cast.bob
    assert not ImportWalk.objects.exists()
    assert not catch_up(actor=SERVER)


def test_talk_that_goes_on_here_is_left_to_come_to_rest(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path, _2024_05_01=thread(0, 0, *EXPLAINED)))
    channel = Channel.objects.get()
    live = start_conversation(actor=acting(cast.alice), channel_id=channel.pk, title="How does it restart?")
    post_message(actor=acting(cast.bob), conversation_id=live.pk, body="You run make restart, once it is idle.")
    walk()
    assert not ConversationWorth.objects.filter(conversation=live).exists()


def test_one_that_is_paused_or_to_be_undone_is_not_walked(cast: Cast, tmp_path: Path) -> None:
    path = export(tmp_path, _2024_05_01=thread(0, 0, *EXPLAINED))
    run = started(cast.dave, path)
    pause_import(actor=acting(cast.dave), run_id=run.pk)
    run_import(actor=SERVER, run_id=run.pk)
    walk()
    assert not ConversationWorth.objects.exists()
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    run_import(actor=SERVER, run_id=run.pk)
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)
    walk()
    assert not ConversationWorth.objects.exists()


def test_the_walk_goes_on_where_it_was(cast: Cast, tmp_path: Path) -> None:
    brought_in(cast.dave, export(tmp_path, _2024_05_01=[one for n in range(5) for one in thread(0, n, *EXPLAINED)]))
    assert catch_up(actor=SERVER, messages=10)
    judged = ConversationWorth.objects.count()
    assert 0 < judged < 5
    walk()
    assert ConversationWorth.objects.count() == 5


def test_a_lone_question_is_judged_once_a_later_import_brings_its_answer(cast: Cast, tmp_path: Path) -> None:
    asked, *answered = thread(0, 0, *EXPLAINED)
    brought_in(cast.dave, export(tmp_path, _2024_05_01=[asked]))
    walk()
    assert not ConversationWorth.objects.exists()
    brought_in(cast.dave, export(tmp_path, _2024_05_01=[asked], _2024_05_02=answered))
    assert GrownConversation.objects.count() == 1
    walk()
    assert ConversationWorth.objects.get().explainer == cast.bob
    assert KeepOffer.objects.count() == 1
    assert not GrownConversation.objects.exists()


def test_what_a_later_import_adds_after_a_capture_is_shown_to_its_owner(cast: Cast, tmp_path: Path) -> None:
    said_first = thread(0, 0, *EXPLAINED)
    brought_in(cast.dave, export(tmp_path, _2024_05_01=said_first))
    walk()
    keep_conversation(actor=acting(cast.bob), conversation_id=Conversation.objects.get().pk)
    later = said(
        BEN, "1714640400.000100", "From version 17 on there is a view for this.", thread_ts=said_first[0]["ts"]
    )
    brought_in(cast.dave, export(tmp_path, _2024_05_01=said_first, _2024_05_02=[later]))
    walk()
    (found,) = possible_updates(acting(cast.bob))
    assert [one.message.body for one in found.updates] == ["From version 17 on there is a view for this."]


def test_a_confirmed_claim_brings_offers_credits_thanks_and_channels(cast: Cast, tmp_path: Path) -> None:
    lines = [one for n in range(2) for one in thread(0, n, *EXPLAINED)]
    where = export(tmp_path, _2024_05_01=[one | {"user": BEN} if one["user"] == BOB_THERE else one for one in lines])
    channels = json.loads((where / "channels.json").read_bytes())
    (where / "channels.json").write_text(json.dumps([channels[0] | {"creator": BEN}]))
    brought_in(cast.dave, where)
    walk()
    ben = Member.objects.get(name="Ben Ito")
    first, second = Conversation.objects.order_by("pk")
    kept = keep_conversation(actor=acting(cast.alice), conversation_id=first.pk).insight
    given = credit_member(actor=acting(cast.alice), insight_id=kept.pk, member_id=cast.bob.pk, role="explained")
    for giver in (cast.bob, cast.erin):
        give_thanks(actor=acting(giver), insight_id=kept.pk, receiver_id=ben.pk)
    assert offers_for(acting(cast.bob)) == []
    claim_placeholder(actor=acting(cast.bob), member_id=ben.pk)
    settle_claim(actor=acting(cast.dave), member_id=ben.pk, accept=True)
    assert [offer.conversation for offer in offers_for(acting(cast.bob))] == [second]
    shown = offer_on(acting(cast.bob), second.pk)
    assert shown is not None
    assert set(shown.credited) == {cast.bob, cast.alice}
    assert ConversationWorth.objects.get(conversation=second).explainer == cast.bob
    assert Credit.objects.get(insight=kept, role="explained") == given
    assert [thanks.giver for thanks in Thanks.objects.filter(receiver=cast.bob)] == [cast.erin]
    assert [one.member for one in ChannelSteward.objects.all()] == [cast.bob]
    for model, field in ((Credit, "member"), (Thanks, "receiver"), (KeepOffer, "member")):
        assert not model.objects.filter(**{field: ben}).exists()


def test_as_many_queries_for_a_hundred_as_for_ten(cast: Cast, tmp_path: Path) -> None:
    """But for one statement an offer: nobody is asked without an entry in the ledger."""
    counts = []
    for threads in (10, 60):
        where = tmp_path / str(threads)
        lines = [one for n in range(threads) for one in thread(threads, n, "I do not know that either.", thanks=False)]
        brought_in(cast.dave, export(where, _2024_05_01=lines))
        with CaptureQueriesContext(connection) as captured:
            assert catch_up(actor=SERVER)
        counts.append(len(captured))
        walk()
    assert counts[0] == counts[1] <= 20
    assert ConversationWorth.objects.count() == 70
