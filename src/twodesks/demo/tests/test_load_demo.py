"""Loading the demo into an empty installation, and into one that has it."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from twodesks.channels.queries import visible_channels
from twodesks.courses.queries import courses_in_progress, listed_courses
from twodesks.demo.content import Content, read_content
from twodesks.demo.load_demo import Loaded, load_demo
from twodesks.demo.tests.counting import counts
from twodesks.insights.queries import kept_insights
from twodesks.insights.queries.shelves import thanks_to, unfinished_drafts
from twodesks.kit.actor import Actor, Door, system
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.queries import members
from twodesks.recordings.queries import visible_recordings


@dataclass(frozen=True)
class Demo:
    content: Content
    loaded: Loaded
    processor_s: float

    def acting(self, name: str) -> Actor:
        return members(system(Door.TEST)).get(name__startswith=name).as_actor(Door.TEST)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    """Loaded once for all tests of this file, and taken back after the last."""
    with django_db_blocker.unblock(), transaction.atomic():
        began = time.process_time()
        loaded = load_demo(door=Door.TEST)
        yield Demo(read_content(), loaded, time.process_time() - began)
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: Demo, django_db_blocker: DjangoDbBlocker) -> Iterator[Demo]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield loaded
        transaction.set_rollback(True)


def test_the_demo_loads_into_an_empty_installation(demo: Demo) -> None:
    by_system = system(Door.TEST)
    assert demo.loaded.is_new
    assert members(by_system).count() == len(demo.content.people)
    assert visible_channels(by_system).count() == len(demo.content.channels)
    assert visible_recordings(by_system).count() == len(demo.content.recordings)
    assert kept_insights(by_system).count() == sum(one.published is not None for one in demo.content.insights)
    assert listed_courses(by_system).count() == len(demo.content.courses)
    assert all(member.photo for member in members(by_system))
    assert demo.processor_s < 20


def test_twice_is_the_same_as_once(demo: Demo) -> None:
    before = counts()
    again = load_demo(door=Door.TEST)
    assert again == Loaded(guide_id=demo.loaded.guide_id, is_new=False)
    assert counts() == before


def test_every_link_in_a_body_leads_somewhere_its_readers_can_go(demo: Demo) -> None:
    kept = {insight.pk: insight for insight in kept_insights(system(Door.TEST))}
    links = {(pk, link) for pk, insight in kept.items() for link in re.findall(r"\]\((/[^)]+)\)", insight.body)}
    assert len(links) > 40
    for pk, link in links:
        kind, _, key = link.strip("/").partition("/")
        if kind == "insights":
            target = kept[int(key)]
            assert target.channel is not None
            assert target.channel == kept[pk].channel or not target.channel.is_private, link
        elif kind == "channels":
            assert visible_channels(demo.acting("Owen")).filter(slug=key).exists(), link
        else:
            assert (kind, members(system(Door.TEST)).filter(pk=int(key)).exists()) == ("people", True), link
    assert not [insight.title for insight in kept.values() if re.search(r"\((insight|channel|person):", insight.body)]


def test_private_channels_stay_private(demo: Demo) -> None:
    outsider, insider = demo.acting("Bartholomew"), demo.acting("Nadia")
    hidden = {insight.title for insight in demo.content.insights if insight.channel in ("fleet-leads", "hiring-field")}
    assert len(hidden) == 2
    assert not hidden & set(kept_insights(outsider).values_list("title", flat=True))
    assert hidden & set(kept_insights(insider).values_list("title", flat=True))


def test_people_are_in_the_middle_of_things(demo: Demo) -> None:
    nadia = demo.acting("Nadia")
    progress = courses_in_progress(nadia)
    assert [outline.course.title for outline in progress] == ["Wren field service: your first ten days"]
    following = progress[0].next_lesson
    assert following is not None
    assert following.title == "Recalibrate Wren’s lidar on site after a wheel swap"
    assert [draft.title for draft in unfinished_drafts(nadia)] == ["Which zone limit is the right one"]
    thanks = [one.words for one in thanks_to(nadia, nadia.require_member())]
    assert "Your note on stale maps saved me a second trip to Tilbury." in thanks


def test_captions_say_which_model_made_them(demo: Demo) -> None:
    for recording in visible_recordings(system(Door.TEST)):
        assert recording.captions is not None
        assert recording.captions.made_by is None
        assert recording.captions.model
        assert recording.duration_ms


def test_the_link_signs_the_guide_in(demo: Demo, client: Client) -> None:
    token = make_sign_in_link(actor=system(Door.TEST), member_id=demo.loaded.guide_id)
    client.get(f"/sign-in/link/{token}/")
    answer = client.post(f"/sign-in/link/{token}/", follow=True)
    assert answer.status_code == 200
    assert client.get("/me/").status_code == 200
