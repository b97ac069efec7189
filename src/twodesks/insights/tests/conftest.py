"""What the tests of insights start from: channels, a kept insight, and people signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.models import Insight
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Member

BODY = "Park the robot on the mat.\n\nLet it cool for ten minutes.\n\nThen calibrate."


@dataclass(frozen=True)
class Place:
    """Bob explained `kept` in #field, and `secret` in the private #robots, where Alice is too and Erin is not."""

    cast: Cast
    field: Channel
    robots: Channel
    kept: Insight
    secret: Insight


def keep(member: Member, channel: Channel, title: str = "Cool it first", body: str = BODY, **extra: object) -> Insight:
    draft = start_insight(actor=acting(member), title=title, body=body)
    return publish_insight(
        actor=acting(member),
        insight_id=draft.insight_id,
        title=title,
        body=body,
        topics=["Lidar"],
        channel_id=channel.pk,
    )


@pytest.fixture
def place(cast: Cast) -> Place:
    bob = acting(cast.bob)
    field = create_channel(actor=bob, name="field")
    robots = create_channel(actor=bob, name="robots", visibility="private")
    add_channel_member(actor=bob, channel_id=robots.pk, member_id=cast.alice.pk)
    return Place(cast, field, robots, keep(cast.bob, field), keep(cast.bob, robots, title="The secret of the mat"))


@pytest.fixture
def at_desk() -> Callable[[Member], Client]:
    """A browser without script in which that member is signed in."""

    def sign_in(member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return sign_in


def text(**changed: Any) -> dict[str, Any]:
    """What the form of the editor sends."""
    return {"title": "Cool it", "body": BODY, "topics": "Lidar, On site", "version": 0, "base": 0} | changed
