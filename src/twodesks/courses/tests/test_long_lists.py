"""Many courses: each can be reached, and what is one's own does not sink below what is new."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.courses.models import Course
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.withdraw_course import withdraw_course
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Organisation

pytestmark = pytest.mark.django_db
MANY = 26


@pytest.fixture
def channel(cast: Cast) -> Channel:
    """26 courses by Carol, Course 00 the oldest, in an open channel."""
    Organisation.objects.create(pk=1, name="Ridgeway")
    made = create_channel(actor=acting(cast.carol), name="orchard")
    draft = start_insight(actor=acting(cast.carol))
    kept = publish_insight(
        actor=acting(cast.carol), insight_id=draft.insight_id, title="Graft", body="Cut, bind.", channel_id=made.pk
    )
    carol = acting(cast.carol)
    for number in range(MANY):
        course = create_course(
            actor=carol,
            title=f"Course {number:02}",
            outcome="graft a pear",
            channel_id=made.pk,
            insight_ids=[kept.pk],
        )
        publish_course(actor=carol, course_id=course.pk)
        Course.objects.filter(pk=course.pk).update(published_at=timezone.now() - timedelta(days=MANY - number))
    return made


def pages(client: Client, address: str) -> list[str]:
    return [client.get(f"{address}page={number}").content.decode() for number in (1, 2)]


def test_every_course_of_the_catalogue_can_be_reached(cast: Cast, channel: Channel, client: Client) -> None:
    client.force_login(cast.alice)
    first, second = pages(client, "/courses/?")
    assert "26 more courses" in first
    assert "?page=2" in first
    assert "Course 25" in first
    assert "Course 01" not in first
    assert "Course 01" in second
    assert "Course 25" not in second


def test_every_course_of_a_channel_can_be_reached(cast: Cast, channel: Channel, client: Client) -> None:
    client.force_login(cast.alice)
    first, second = pages(client, f"/channels/{channel.slug}/?show=courses&")
    assert "page=2" in first
    assert "Course 01" not in first
    assert "Course 01" in second


def test_what_one_takes_or_makes_is_shown_however_old(cast: Cast, channel: Channel, client: Client) -> None:
    oldest = Course.objects.get(title="Course 00")
    enrol(actor=acting(cast.alice), course_id=oldest.pk)
    draft = create_course(actor=acting(cast.alice), title="Alice's own")
    taken_back = Course.objects.get(title="Course 01")
    withdraw_course(actor=acting(cast.carol), course_id=taken_back.pk)
    Course.objects.filter(pk=draft.pk).update(created_at=timezone.now() - timedelta(days=400))
    client.force_login(cast.alice)
    shown = client.get("/courses/")
    page = shown.content.decode()
    assert [entry.course.title for entry in shown.context["mine"]] == ["Course 00"]
    assert [entry.course.title for entry in shown.context["drafts"]] == ["Alice's own"]
    assert "24 more courses" in page
    assert "Course 01" not in page
    client.force_login(cast.carol)
    shown = client.get("/courses/")
    assert [entry.course.title for entry in shown.context["drafts"]] == ["Course 01"]
    assert not shown.context["mine"]


def test_many_courses_of_ones_own_come_in_pages(
    cast: Cast, channel: Channel, client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for course in Course.objects.all():
        enrol(actor=acting(cast.erin), course_id=course.pk)
    client.force_login(cast.erin)
    assert "yours=2" in client.get("/courses/").content.decode()
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        second = client.get("/courses/?yours=2")
    assert [entry.course.title for entry in second.context["mine"]] == ["Course 01", "Course 00"]
    assert "You have begun every course there is." in second.content.decode()
