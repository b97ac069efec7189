"""Prepared reads give what the same queryset gives, whoever asks, and refuse what would make them lie."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, QuerySet
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.queries import visible_conversations
from twodesks.kit.actor import Actor, Door, guest, system
from twodesks.rows.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def _begun_by(actor: Actor, member_id: int) -> QuerySet[Conversation]:
    return (
        visible_conversations(actor)
        .filter(started_by_id=member_id)
        .select_related("channel", "started_by")
        .prefetch_related("messages")
        .annotate(said=Count("messages"))
        .order_by("pk")[:10]
    )


@prepared
def _titles(actor: Actor, kind: str) -> QuerySet[Conversation, Any]:
    return visible_conversations(actor).filter(kind=kind).order_by("pk").values("pk", "title")


@prepared
def _since(actor: Actor, moment: Any) -> QuerySet[Conversation]:
    return visible_conversations(actor).filter(started_at__gte=moment)


@prepared
def _lately(actor: Actor) -> QuerySet[Conversation]:
    return visible_conversations(actor).filter(started_at__gte=timezone.now() - timedelta(days=1))


@prepared
def _some(actor: Actor, ids: list[int]) -> QuerySet[Conversation]:
    return visible_conversations(actor).filter(**{"channel__any_of": ids}).order_by("pk")


@pytest.fixture
def channels(cast: Cast) -> tuple[Channel, Channel]:
    bob = acting(cast.bob)
    return create_channel(actor=bob, name="open"), create_channel(actor=bob, name="closed", visibility="private")


@pytest.fixture
def begun(cast: Cast, channels: tuple[Channel, Channel]) -> list[Conversation]:
    bob = acting(cast.bob)
    made = [start_conversation(actor=bob, channel_id=channel.pk, title=f"In {channel}") for channel in channels]
    post_message(actor=bob, conversation_id=made[0].pk, body="More")
    return made


def test_each_actor_gets_what_they_see(cast: Cast, begun: list[Conversation]) -> None:
    for _ in range(2):  # compiled, then from what was compiled
        assert _begun_by(acting(cast.bob), member_id=cast.bob.pk) == begun
        assert _begun_by(acting(cast.erin), member_id=cast.bob.pk) == begun[:1]
        assert _begun_by(acting(cast.dave), member_id=cast.bob.pk) == begun[:1]
        assert _begun_by(system(Door.TEST), member_id=cast.bob.pk) == begun
        assert _begun_by(guest(), member_id=cast.bob.pk) == []
        assert _begun_by(acting(cast.bob), member_id=cast.erin.pk) == []


def test_rows_bring_what_was_selected_annotated_and_prefetched(
    cast: Cast, begun: list[Conversation], django_assert_num_queries: Any
) -> None:
    bob = acting(cast.bob)
    _begun_by(bob, member_id=cast.bob.pk)
    with django_assert_num_queries(2):
        first, _ = _begun_by(bob, member_id=cast.bob.pk)
    with django_assert_num_queries(0):
        assert (first.channel.name, first.started_by) == ("open", cast.bob)
        assert len(first.messages.all()) == 2
        assert first.said == 2  # type: ignore[attr-defined]


def test_values_come_as_dictionaries(cast: Cast, begun: list[Conversation]) -> None:
    expected = [{"pk": begun[0].pk, "title": begun[0].title}]
    assert _titles(acting(cast.erin), kind="question") == expected
    assert _titles(acting(cast.erin), kind="discussion") == []


def test_moments_and_lists_are_arguments(cast: Cast, begun: list[Conversation], channels: tuple[Channel, ...]) -> None:
    erin = acting(cast.erin)
    now = timezone.now()
    assert _since(erin, moment=now - timedelta(hours=1)) == begun[:1]
    assert _since(erin, moment=now + timedelta(hours=1)) == []
    assert _some(acting(cast.bob), ids=[channels[1].pk]) == begun[1:]
    assert _some(acting(cast.bob), ids=[]) == []
    assert _some(erin, ids=[channel.pk for channel in channels]) == begun[:1]


def test_a_moment_that_would_be_kept_is_refused(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="give it as an argument"):
        _lately(acting(cast.erin))


@prepared
def _apart(actor: Actor, ids: list[int]) -> QuerySet[Conversation]:
    return visible_conversations(actor).filter(channel__in=ids)


@prepared
def _at_most(actor: Actor, limit: int) -> QuerySet[Conversation]:
    return visible_conversations(actor)[:limit]


@prepared
def _unused(actor: Actor, number: int) -> QuerySet[Conversation]:
    return visible_conversations(actor)


def test_arguments_that_would_not_arrive_are_refused(cast: Cast) -> None:
    erin = acting(cast.erin)
    with pytest.raises(RuntimeError, match="any_of"):
        _apart(erin, ids=[1, 2])
    with pytest.raises(RuntimeError, match="constant"):
        _at_most(erin, limit=3)
    with pytest.raises(RuntimeError, match="number"):
        _unused(erin, number=3)
    with pytest.raises(TypeError, match="name the arguments"):
        _unused(erin, 3)


def test_who_was_let_in_or_out_sees_it_at_the_next_page(
    cast: Cast, begun: list[Conversation], channels: tuple[Channel, Channel]
) -> None:
    closed = channels[1]
    add_channel_member(actor=acting(cast.bob), channel_id=closed.pk, member_id=cast.erin.pk)
    assert _begun_by(acting(cast.erin), member_id=cast.bob.pk) == begun
    remove_channel_member(actor=acting(cast.bob), channel_id=closed.pk, member_id=cast.erin.pk)
    assert _begun_by(acting(cast.erin), member_id=cast.bob.pk) == begun[:1]


def test_an_actor_who_changes_what_they_see_looks_again(cast: Cast) -> None:
    erin = acting(cast.erin)
    assert visible_conversations(erin).count() == 0
    mine = create_channel(actor=erin, name="mine", visibility="private")
    follow_channel(actor=erin, channel_id=mine.pk)
    made = start_conversation(actor=erin, channel_id=mine.pk, title="First")
    assert list(visible_conversations(erin)) == [made]
