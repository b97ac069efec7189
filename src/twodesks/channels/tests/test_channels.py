"""Making, following and looking after channels; private ones stay unknown to those outside."""

import pytest

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.add_steward import add_steward
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.change_channel import change_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.channels.operations.remove_steward import remove_steward
from twodesks.channels.operations.unfollow_channel import unfollow_channel
from twodesks.channels.queries import (
    channel_rows,
    followed_channel_ids,
    get_channel,
    may_post,
    postable_channels,
    visible_channel_ids,
)
from twodesks.kit.actor import guest
from twodesks.kit.problem import Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def test_whoever_makes_a_channel_looks_after_it_and_follows_it(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="#field  calibration", purpose="Robots that see straight.")
    assert (channel.name, channel.slug) == ("field calibration", "field-calibration")
    (row,) = channel_rows(acting(cast.alice))
    assert (row.stewards, row.followers, row.is_followed) == ([cast.alice], 1, True)
    assert Statement.objects.filter(verb="created", object_type="channel", channel_id=channel.pk).count() == 1


@pytest.mark.parametrize("name", ["", "  # ", "🤖", "n" * 61])
def test_a_channel_needs_a_name(cast: Cast, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_channel(actor=acting(cast.alice), name=name)
    assert refused.value.field == "name"
    assert not Channel.objects.exists()


def test_a_name_is_taken_once_whatever_its_case(cast: Cast) -> None:
    create_channel(actor=acting(cast.alice), name="platform")
    with pytest.raises(Invalid):
        create_channel(actor=acting(cast.bob), name="Platform")


def test_a_guest_makes_and_sees_nothing(cast: Cast) -> None:
    create_channel(actor=acting(cast.alice), name="platform")
    assert visible_channel_ids(guest()) == []
    with pytest.raises(Denied):
        create_channel(actor=guest(), name="mine")


def test_a_private_channel_is_unknown_to_everybody_outside_administrators_included(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="leads", visibility="private")
    for outsider in (cast.erin, cast.dave, cast.carol):
        assert channel.pk not in visible_channel_ids(acting(outsider))
        with pytest.raises(NotFound):
            get_channel(acting(outsider), channel.pk)
        with pytest.raises(NotFound):
            follow_channel(actor=acting(outsider), channel_id=channel.pk)
        with pytest.raises(NotFound):
            add_channel_member(actor=acting(outsider), channel_id=channel.pk, member_id=outsider.pk)
    add_channel_member(actor=acting(cast.alice), channel_id=channel.pk, member_id=cast.bob.pk)
    assert followed_channel_ids(acting(cast.bob)) == [channel.pk]
    with pytest.raises(Denied):
        add_channel_member(actor=acting(cast.bob), channel_id=channel.pk, member_id=cast.erin.pk)
    remove_channel_member(actor=acting(cast.bob), channel_id=channel.pk, member_id=cast.bob.pk)
    assert visible_channel_ids(acting(cast.bob)) == []
    with pytest.raises(Denied):
        remove_channel_member(actor=acting(cast.alice), channel_id=channel.pk, member_id=cast.alice.pk)


def test_an_open_channel_made_private_keeps_those_who_follow_it(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="platform")
    follow_channel(actor=acting(cast.bob), channel_id=channel.pk)
    with pytest.raises(Denied):
        change_channel(actor=acting(cast.bob), channel_id=channel.pk, name="mine", purpose="", visibility="private")
    change_channel(actor=acting(cast.alice), channel_id=channel.pk, name="platform", purpose="", visibility="private")
    assert visible_channel_ids(acting(cast.bob)) == [channel.pk]
    assert visible_channel_ids(acting(cast.erin)) == []


def test_following_twice_is_following_once(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="platform")
    for _ in range(2):
        follow_channel(actor=acting(cast.bob), channel_id=channel.pk)
    assert channel_rows(acting(cast.bob))[0].followers == 2
    assert Statement.objects.filter(verb="followed").count() == 1
    unfollow_channel(actor=acting(cast.bob), channel_id=channel.pk)
    assert followed_channel_ids(acting(cast.bob)) == []


def test_anybody_may_take_on_an_open_channel_that_nobody_looks_after(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="wren-2")
    with pytest.raises(Denied):
        add_steward(actor=acting(cast.bob), channel_id=channel.pk, member_id=cast.bob.pk)
    remove_steward(actor=acting(cast.alice), channel_id=channel.pk, member_id=cast.alice.pk)
    add_steward(actor=acting(cast.bob), channel_id=channel.pk, member_id=cast.bob.pk)
    assert channel_rows(acting(cast.bob))[0].stewards == [cast.bob]


def test_an_archived_channel_takes_nothing_new(cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.alice), name="platform")
    archive_channel(actor=acting(cast.alice), channel_id=channel.pk)
    channel.refresh_from_db()
    assert not may_post(acting(cast.alice), channel)
    assert not postable_channels(acting(cast.alice))
    archive_channel(actor=acting(cast.dave), channel_id=channel.pk, archived=False)
    assert postable_channels(acting(cast.alice))


def test_the_list_of_channels_costs_two_queries_however_long(
    cast: Cast, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(12):
        create_channel(actor=acting(cast.alice), name=f"channel {number}")
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(channel_rows(acting(cast.bob))) == 12
