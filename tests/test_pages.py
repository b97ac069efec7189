"""Home, channels and people: what they show to whom, and what they cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.publish_course import publish_course
from twodesks.insights.models import Insight
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.save_draft import save_draft
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Member, Organisation
from twodesks.recordings.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(db: None) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


def keep(member: Member, title: str, channel: Channel) -> Insight:
    draft = start_insight(actor=acting(member))
    return publish_insight(
        actor=acting(member),
        insight_id=draft.insight_id,
        title=title,
        body=f"{title}, in short.",
        topics=["Lidar"],
        channel_id=channel.pk,
    )


@pytest.fixture
def open_channel(cast: Cast) -> Channel:
    channel = create_channel(actor=acting(cast.bob), name="field-calibration", purpose="Robots that see straight.")
    follow_channel(actor=acting(cast.alice), channel_id=channel.pk)
    return channel


@pytest.fixture
def private_channel(cast: Cast) -> Channel:
    channel = create_channel(actor=acting(cast.bob), name="leads-only", purpose="Hush.", visibility="private")
    add_channel_member(actor=acting(cast.bob), channel_id=channel.pk, member_id=cast.alice.pk)
    return channel


def page(client: Client, member: Member, address: str) -> str:
    client.force_login(member)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_shows_what_is_fresh_what_is_begun_and_thanks(cast: Cast, open_channel: Channel, client: Client) -> None:
    kept = keep(cast.bob, "Cool the motors", open_channel)
    course = create_course(actor=acting(cast.bob), title="First days", outcome="cool", insight_ids=[kept.pk])
    publish_course(actor=acting(cast.bob), course_id=course.pk)
    enrol(actor=acting(cast.alice), course_id=course.pk)
    draft = start_insight(actor=acting(cast.alice))
    save_draft(
        actor=acting(cast.alice),
        insight_id=draft.insight_id,
        version=draft.version,
        title="Half a thought",
        body="Hm",
        topics=[],
    )
    home = page(client, cast.alice, "/")
    for words in ("Cool the motors", "First days", "Carry on", "Half a thought"):
        assert words in home
    give_thanks(actor=acting(cast.alice), insight_id=kept.pk, receiver_id=cast.bob.pk, words="It saved my day.")
    mark_did_not_work(actor=acting(cast.erin), insight_id=kept.pk, reason="Still warm after an hour")
    home = page(client, cast.bob, "/")
    assert "It saved my day." in home
    assert "Still warm after an hour" in home
    assert "Half a thought" not in home


def test_a_new_member_finds_a_way_to_begin_on_every_empty_part(cast: Cast, client: Client) -> None:
    home = page(client, cast.erin, "/")
    for words in ("Nothing is waiting for you", "No course on your desk yet", "Nothing to keep today", "first thanks"):
        assert words in home


@pytest.mark.parametrize(
    "address", ["/", "/channels/", "/people/", "/people/{bob}/", "/courses/", "/channels/?find=hush"]
)
def test_nothing_of_a_private_channel_shows_to_those_outside(
    cast: Cast, open_channel: Channel, private_channel: Channel, client: Client, address: str
) -> None:
    secret = keep(cast.bob, "Salaries of the fleet", private_channel)
    give_thanks(actor=acting(cast.alice), insight_id=secret.pk, receiver_id=cast.bob.pk, words="For the pay table")
    address = address.format(bob=cast.bob.pk)
    for outsider in (cast.erin, cast.dave):
        shown = page(client, outsider, address)
        for words in ("leads-only", "Salaries of the fleet", "For the pay table", "Hush."):
            assert words not in shown
        assert "1 explained" not in shown
    assert client.get("/channels/leads-only/").status_code == 404


def test_those_inside_a_private_channel_see_what_lives_there(
    cast: Cast, private_channel: Channel, client: Client
) -> None:
    keep(cast.bob, "Salaries of the fleet", private_channel)
    assert "Salaries of the fleet" in page(client, cast.alice, "/channels/leads-only/")
    assert "leads-only" in page(client, cast.alice, "/channels/")


def test_a_channel_shows_what_was_kept_and_says_when_nothing_was(
    cast: Cast, open_channel: Channel, client: Client
) -> None:
    assert "Nothing is kept here yet" in page(client, cast.erin, "/channels/field-calibration/")
    keep(cast.bob, "Cool the motors", open_channel)
    for show in ("everything", "insights"):
        assert "Cool the motors" in page(client, cast.erin, f"/channels/field-calibration/?show={show}")
    assert "Bob Explainer" in page(client, cast.erin, "/channels/field-calibration/?show=people")
    page(client, cast.erin, "/channels/field-calibration/?show=nonsense&page=x")


def test_following_by_the_button_and_back_again(cast: Cast, open_channel: Channel, client: Client) -> None:
    client.force_login(cast.erin)
    assert client.post("/channels/field-calibration/follow/", {"back": "channels"})["Location"] == "/channels/"
    assert "You follow" in page(client, cast.erin, "/channels/")
    client.post("/channels/field-calibration/follow/", {"following": "0"})
    assert "You follow" not in page(client, cast.erin, "/channels/")


def test_a_person_is_shown_with_whom_they_helped(cast: Cast, open_channel: Channel, client: Client) -> None:
    kept = keep(cast.bob, "Cool the motors", open_channel)
    for member in (cast.alice, cast.erin):
        mark_helped(actor=acting(member), insight_id=kept.pk)
    shown = page(client, cast.carol, f"/people/{cast.bob.pk}/")
    assert "2 people" in shown
    assert "Cool the motors" in shown
    assert "Lidar" in shown
    client.force_login(cast.carol)
    assert client.get("/people/9999/").status_code == 404


def test_people_are_found_by_what_they_help_with(cast: Cast, client: Client) -> None:
    Member.objects.filter(pk=cast.bob.pk).update(helps_with="Lidar and long days")
    shown = page(client, cast.erin, "/people/?find=lidar")
    assert "Bob Explainer" in shown
    assert "Carol Curator" not in shown
    assert "Nobody fits" in page(client, cast.erin, "/people/?find=%3Cscript%3E")


def test_a_channel_counts_its_courses_however_many_take_them(cast: Cast, open_channel: Channel, client: Client) -> None:
    kept = keep(cast.bob, "Cool the motors", open_channel)
    course = create_course(
        actor=acting(cast.bob),
        title="Motors",
        outcome="cool a motor",
        channel_id=open_channel.pk,
        insight_ids=[kept.pk],
    )
    publish_course(actor=acting(cast.bob), course_id=course.pk)
    for member in (cast.alice, cast.carol, cast.erin):
        enrol(actor=acting(member), course_id=course.pk)
    assert 'Courses <span class="n">1</span>' in page(client, cast.alice, "/channels/field-calibration/")


def test_the_bars_of_a_channel_count_the_last_fourteen_days(cast: Cast, open_channel: Channel, client: Client) -> None:
    keep(cast.bob, "Today", open_channel)
    old = keep(cast.bob, "Long ago", open_channel)
    Insight.objects.filter(pk=old.pk).update(published_at=timezone.now() - timedelta(days=15))
    assert "1 asked, kept or recorded in 14 days" in page(client, cast.erin, "/channels/")


@pytest.mark.parametrize("address", ["/", "/channels/", "/channels/field-calibration/", "/people/", "/people/{bob}/"])
def test_pages_cost_at_most_fifteen_queries_however_much_there_is(
    cast: Cast,
    open_channel: Channel,
    client: Client,
    django_assert_max_num_queries: pytest.FixtureRequest,
    address: str,
) -> None:
    for number in range(8):
        kept = keep(cast.bob, f"Insight {number}", open_channel)
        mark_helped(actor=acting(cast.erin), insight_id=kept.pk)
        if number < 3:
            course = create_course(
                actor=acting(cast.bob),
                title=f"Course {number}",
                outcome="x",
                channel_id=open_channel.pk,
                insight_ids=[kept.pk],
            )
            publish_course(actor=acting(cast.bob), course_id=course.pk)
            enrol(actor=acting(cast.alice), course_id=course.pk)
    client.force_login(cast.alice)
    address = address.format(bob=cast.bob.pk)
    client.get(address)
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        assert client.get(address).status_code == 200


def test_what_was_kept_from_a_recording_is_listed_to_those_who_see_both(
    cast: Cast, open_channel: Channel, private_channel: Channel, client: Client
) -> None:
    recording = Recording.objects.create(title="Swap", kind="voice", owner=cast.bob, channel=open_channel)
    for channel, title in ((open_channel, "Kept openly"), (private_channel, "Kept among leads")):
        insight = keep(cast.bob, title, channel)
        Insight.objects.filter(pk=insight.pk).update(recording=recording)
    address = f"/insights/from-recording/{recording.pk}/"
    assert "Kept openly" in page(client, cast.erin, address)
    assert "Kept among leads" not in page(client, cast.erin, address)
    assert "Kept among leads" in page(client, cast.alice, address)
    Recording.objects.filter(pk=recording.pk).update(channel=private_channel)
    assert "Kept openly" not in page(client, cast.erin, address)
