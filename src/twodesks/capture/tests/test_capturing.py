"""Insights made of conversations: drafts, additions, what may leave a private channel, what comes after."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.cast import Cast, acting
from twodesks.capture.models import ConversationInsight, PossibleUpdate
from twodesks.capture.operations.allow_elsewhere import allow_elsewhere
from twodesks.capture.operations.append_to_insight import append_to_insight
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.operations.rewrite_capture import rewrite_capture
from twodesks.capture.operations.settle_update import settle_update
from twodesks.capture.queries import came_from, possible_updates, where_it_went
from twodesks.capture.tests.conftest import ANSWERS, Asked
from twodesks.channels.models import Channel
from twodesks.conversations.models import Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.insights.models import Credit, Insight, InsightDraft
from twodesks.insights.operations.move_insight import move_insight
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.save_draft import save_draft
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import system
from twodesks.kit.problem import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def draft_of(link: ConversationInsight) -> InsightDraft:
    return InsightDraft.objects.get(insight=link.insight)


def published(cast: Cast, link: ConversationInsight, channel: Channel) -> Insight:
    draft = draft_of(link)
    return publish_insight(
        actor=acting(cast.bob), insight_id=link.insight_id, title=draft.title, body=draft.body, channel_id=channel.pk
    )


def test_a_draft_has_question_explanation_sources_and_credits(cast: Cast, explained: Asked) -> None:
    asked = explained()
    link = capture_conversation(actor=acting(cast.carol), conversation_id=asked.pk)
    draft = draft_of(link)
    opening, first, *_ = Message.objects.filter(conversation=asked).order_by("posted_at", "pk")
    assert draft.title == "How to see which query holds the lock on orders"
    assert draft.body.startswith("> How do I see which query holds the lock on orders?")
    assert "```\nERROR:  lock timeout\n```" in draft.body
    assert f'(message:{opening.pk} "source")' in draft.body
    assert f'(message:{first.pk} "source")' in draft.body
    assert "thank you" not in draft.body
    assert {(one.member.first_name, one.role) for one in Credit.objects.filter(insight=link.insight)} == {
        ("Bob", "explained"),
        ("Alice", "asked"),
        ("Alice", "reviewed"),
        ("Carol", "captured"),
    }
    assert where_it_went(acting(cast.bob), asked.pk) == []
    assert [went.is_draft for went in where_it_went(acting(cast.carol), asked.pk)] == [True]


def test_each_block_of_what_is_kept_says_its_message_and_one_click_goes_there(cast: Cast, explained: Asked) -> None:
    asked = explained()
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    insight = get_insight(acting(cast.erin), link.insight_id)
    assert insight.current_revision is not None
    named = {source["message_id"] for source in insight.current_revision.sources}
    assert named <= set(Message.objects.filter(conversation=asked).values_list("pk", flat=True))
    assert len(named) >= 4
    assert [one.pk for one in came_from(acting(cast.erin), insight.pk)] == [asked.pk]


def test_only_the_chosen_messages_come_and_none_is_refused(cast: Cast, explained: Asked) -> None:
    asked = explained()
    second = Message.objects.get(conversation=asked, body=ANSWERS[2])
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk, message_ids=[second.pk])
    assert "pg_blocking_pids" not in draft_of(link).body
    assert "wait for it instead" in draft_of(link).body
    for nothing in ([], [987654]):
        with pytest.raises(Invalid):
            capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk, message_ids=nothing)


def test_a_removed_message_does_not_come_along(cast: Cast, explained: Asked) -> None:
    asked = explained()
    gone = Message.objects.get(conversation=asked, body=ANSWERS[2])
    remove_message(actor=acting(cast.bob), message_id=gone.pk)
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    assert "wait for it instead" not in draft_of(link).body


def test_a_hidden_asker_is_not_credited_nor_named(cast: Cast, explained: Asked) -> None:
    asked = explained(anonymous=True)
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    credits = {(one.member.first_name, one.role) for one in Credit.objects.filter(insight=link.insight)}
    assert credits == {("Bob", "explained")}
    assert "Alice" not in get_insight(acting(cast.erin), link.insight_id).body


def test_a_member_cannot_take_it_out_of_a_private_channel(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    for confirmed in (False, True):
        with pytest.raises(Denied, match="private"):
            capture_conversation(
                actor=acting(cast.alice), conversation_id=asked.pk, channel_id=platform.pk, confirmed=confirmed
            )
    assert Insight.objects.count() == 0
    kept = capture_conversation(actor=acting(cast.alice), conversation_id=asked.pk)
    assert kept.insight.channel_id == leads.pk


def test_a_steward_takes_it_out_by_saying_so_and_the_conversation_stays_private(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    with pytest.raises(Denied, match="say that others may read this"):
        capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk, channel_id=platform.pk)
    link = capture_conversation(
        actor=acting(cast.bob), conversation_id=asked.pk, channel_id=platform.pk, confirmed=True
    )
    assert link.allowed_by == cast.bob
    insight = published(cast, link, platform)
    assert get_insight(acting(cast.erin), insight.pk).pk == insight.pk
    assert came_from(acting(cast.erin), insight.pk) == []
    with pytest.raises(NotFound):
        capture_conversation(actor=acting(cast.erin), conversation_id=asked.pk)


def test_neither_editor_nor_moving_is_a_way_around(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    with pytest.raises(Denied, match="private"):
        published(cast, link, platform)
    assert Insight.objects.get().published_at is None
    insight = published(cast, link, leads)
    with pytest.raises(Denied, match="private"):
        move_insight(actor=acting(cast.bob), insight_id=insight.pk, channel_id=platform.pk)
    with pytest.raises(Denied):
        allow_elsewhere(actor=acting(cast.alice), capture_id=link.pk)
    allow_elsewhere(actor=acting(cast.bob), capture_id=link.pk)
    move_insight(actor=acting(cast.bob), insight_id=insight.pk, channel_id=platform.pk)
    assert get_insight(acting(cast.erin), insight.pk).channel == platform


def test_more_private_words_take_back_what_a_steward_allowed(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    opening, *_, last = Message.objects.filter(conversation=asked).order_by("pk")
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk, message_ids=[opening.pk])
    insight = published(cast, link, leads)
    allow_elsewhere(actor=acting(cast.bob), capture_id=link.pk)
    append = partial(append_to_insight, conversation_id=asked.pk, insight_id=insight.pk)
    append(actor=acting(cast.alice), message_ids=[opening.pk])
    link.refresh_from_db()
    assert link.allowed_by == cast.bob
    append(actor=acting(cast.alice), message_ids=[last.pk])
    with pytest.raises(Denied, match="private"):
        move_insight(actor=acting(cast.bob), insight_id=insight.pk, channel_id=platform.pk)
    allow_elsewhere(actor=acting(cast.bob), capture_id=link.pk)
    move_insight(actor=acting(cast.bob), insight_id=insight.pk, channel_id=platform.pk)
    third = post_message(actor=acting(cast.bob), conversation_id=asked.pk, body="In version 17 there is a view for it.")
    append(actor=acting(cast.bob), message_ids=[third.pk], confirmed=True)
    link.refresh_from_db()
    assert link.allowed_by == cast.bob


def test_that_a_private_conversation_was_kept_is_not_told(cast: Cast, explained: Asked, leads: Channel) -> None:
    asked = explained(leads)
    keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    with pytest.raises(NotFound):
        keep_conversation(actor=acting(cast.erin), conversation_id=asked.pk)
    with pytest.raises(Conflict):
        keep_conversation(actor=acting(cast.alice), conversation_id=asked.pk)


def test_adding_leaves_what_was_there_and_credits_who_explained(cast: Cast, explained: Asked) -> None:
    link = keep_conversation(actor=acting(cast.bob), conversation_id=explained().pk)
    before = get_insight(acting(cast.bob), link.insight_id).body
    other = explained(title="Does ending a session lose data?", body="We wonder.")
    more = post_message(
        actor=acting(cast.carol), conversation_id=other.pk, body="No: it is rolled back, nothing stays half."
    )
    append_to_insight(
        actor=acting(cast.alice), conversation_id=other.pk, insight_id=link.insight_id, message_ids=[more.pk]
    )
    after = get_insight(acting(cast.bob), link.insight_id)
    assert after.body.startswith(before)
    assert "it is rolled back" in after.body
    assert Credit.objects.filter(insight=after, member=cast.carol, role="explained").exists()
    assert {one.pk for one in came_from(acting(cast.bob), after.pk)} == {link.conversation_id, other.pk}


def test_adding_is_refused_to_a_draft_and_out_of_a_private_channel(
    cast: Cast, explained: Asked, leads: Channel
) -> None:
    draft = capture_conversation(actor=acting(cast.bob), conversation_id=explained().pk)
    with pytest.raises(Invalid, match="draft"):
        append_to_insight(actor=acting(cast.bob), conversation_id=draft.conversation_id, insight_id=draft.insight_id)
    kept = keep_conversation(actor=acting(cast.bob), conversation_id=explained().pk)
    body = get_insight(acting(cast.bob), kept.insight_id).body
    with pytest.raises(Denied, match="private"):
        append_to_insight(actor=acting(cast.alice), conversation_id=explained(leads).pk, insight_id=kept.insight_id)
    assert get_insight(acting(cast.bob), kept.insight_id).body == body


def test_what_comes_after_is_shown_to_its_owner_and_can_be_added_or_settled(cast: Cast, explained: Asked) -> None:
    asked = explained()
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    post_message(actor=acting(cast.carol), conversation_id=asked.pk, body="thanks!")
    for words in ("From version 17 on there is a view for this.", "And it needs no superuser any more."):
        post_message(actor=acting(cast.carol), conversation_id=asked.pk, body=words)
    judge_conversation(actor=system(), conversation_id=asked.pk)
    judge_conversation(actor=system(), conversation_id=asked.pk)
    (found,) = possible_updates(acting(cast.bob))
    assert [one.message.body for one in found.updates] == [
        "From version 17 on there is a view for this.",
        "And it needs no superuser any more.",
    ]
    assert possible_updates(acting(cast.erin)) == []
    append_to_insight(
        actor=acting(cast.bob), conversation_id=asked.pk, insight_id=link.insight_id,
        message_ids=[found.updates[0].message_id],
    )  # fmt: skip
    settle_update(actor=acting(cast.bob), update_id=found.updates[1].pk)
    assert possible_updates(acting(cast.bob)) == []
    assert list(PossibleUpdate.objects.order_by("pk").values_list("outcome", flat=True)) == ["added", "dismissed"]


def test_what_came_between_a_capture_and_an_addition_is_shown_too(cast: Cast, explained: Asked) -> None:
    asked = explained()
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    first, second = (
        post_message(actor=acting(cast.carol), conversation_id=asked.pk, body=words)
        for words in ("From version 17 on there is a view for this.", "And it needs no superuser any more.")
    )
    append_to_insight(
        actor=acting(cast.bob), conversation_id=asked.pk, insight_id=link.insight_id, message_ids=[second.pk]
    )
    judge_conversation(actor=system(), conversation_id=asked.pk)
    (found,) = possible_updates(acting(cast.bob))
    assert [one.message_id for one in found.updates] == [first.pk]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """An OpenAI-compatible server on the loopback that shortens the second block it is given."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(request)
            blocks = json.loads(request["messages"][-1]["content"])
            block = next(one for one in blocks if "superfluous" in one["text"])
            answer = {
                "blocks": [
                    {
                        "block": block["block"],
                        "sentences": [
                            {"text": "The vacuum waits for the session.", "messages": block["messages"]},
                            {"text": "It takes 90 seconds.", "messages": block["messages"]},
                        ],
                    }
                ]
            }
            choice = {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": json.dumps(answer)},
            }
            reply = {"id": "1", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
            data = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("TWODESKS_LLM_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.setenv("TWODESKS_LLM_MODEL", "small")
    yield asked
    server.shutdown()
    server.server_close()


WORDY = "Well you know, the vacuum it kind of waits, superfluous as that is, for the session that somebody left open."


def test_a_model_helps_with_the_wording_and_the_draft_says_so(
    cast: Cast, explained: Asked, model: list[dict[str, Any]]
) -> None:
    asked = explained()
    post_message(actor=acting(cast.bob), conversation_id=asked.pk, body=WORDY)
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    assert rewrite_capture(actor=system(), capture_id=link.pk)
    body = draft_of(link).body
    assert body.startswith("> [!note]\n> A language model (small) helped with the wording.")
    assert "The vacuum waits for the session." in body
    assert "90 seconds" not in body
    link.refresh_from_db()
    assert link.model == "small"
    assert len(model) == 1


def test_a_model_that_cannot_be_reached_or_comes_too_late_changes_nothing(
    cast: Cast, explained: Asked, model: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = explained()
    post_message(actor=acting(cast.bob), conversation_id=asked.pk, body=WORDY)
    link = capture_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    before = draft_of(link)
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TWODESKS_LLM_URL", "http://127.0.0.1:9/v1")
        assert not rewrite_capture(actor=system(), capture_id=link.pk)
    assert draft_of(link).body == before.body
    save_draft(
        actor=acting(cast.bob), insight_id=link.insight_id, version=before.version, title=before.title,
        body="My own words.", topics=[], channel_id=asked.channel_id,
    )  # fmt: skip
    assert not rewrite_capture(actor=system(), capture_id=link.pk)
    assert draft_of(link).body == "My own words."


@pytest.mark.parametrize(
    ("name", "value"), [("TWODESKS_LLM_URL", "example.org"), ("TWODESKS_LLM_API_KEY_FILE", "/nowhere/key")]
)
def test_wrong_settings_of_the_model_keep_nobody_from_a_draft(
    cast: Cast, explained: Asked, model: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    link = capture_conversation(actor=acting(cast.bob), conversation_id=explained().pk)
    before = draft_of(link).body
    assert not rewrite_capture(actor=system(), capture_id=link.pk)
    assert draft_of(link).body == before
    assert model == []
