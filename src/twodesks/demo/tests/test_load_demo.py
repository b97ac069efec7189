"""Loading the demo into an empty installation, and into one that has it."""

import re
import time
from datetime import timedelta
from typing import ClassVar

from django.test import TestCase
from django.utils import timezone

from twodesks.activity.models import Statement
from twodesks.activity.operations.dispatch_statement import dispatch_statement
from twodesks.channels.queries import visible_channels
from twodesks.conversations.queries import visible_conversations
from twodesks.conversations.queries.thread import read_thread
from twodesks.courses.queries import courses_in_progress, listed_courses
from twodesks.demo.content import Content, read_content
from twodesks.demo.load_demo import Loaded, load_demo
from twodesks.demo.tests.counting import counts
from twodesks.insights.queries import kept_insights
from twodesks.insights.queries.shelves import thanks_to, unfinished_drafts
from twodesks.kit.actor import Actor, Door, system
from twodesks.notifications.models import Notification
from twodesks.notifications.queries.reading import listed_notifications
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.queries import members
from twodesks.recordings.queries import visible_recordings


def acting(name: str) -> Actor:
    return members(system(Door.TEST)).get(name__startswith=name).as_actor(Door.TEST)


def is_read(notification: Notification) -> bool:
    return bool(vars(notification)["is_read"])


class TestLoadedDemo(TestCase):
    """Loaded once for all of these."""

    content: ClassVar[Content] = read_content()
    loaded: ClassVar[Loaded]
    processor_s: ClassVar[float]

    @classmethod
    def setUpTestData(cls) -> None:
        began = time.process_time()
        cls.loaded = load_demo(door=Door.TEST)
        cls.processor_s = time.process_time() - began

    def test_the_demo_loads_into_an_empty_installation(self) -> None:
        by_system = system(Door.TEST)
        assert self.loaded.is_new
        assert members(by_system).count() == len(self.content.people)
        assert visible_channels(by_system).count() == len(self.content.channels)
        assert visible_recordings(by_system).count() == len(self.content.recordings)
        assert kept_insights(by_system).count() == sum(one.published is not None for one in self.content.insights)
        assert listed_courses(by_system).count() == len(self.content.courses)
        assert all(member.photo for member in members(by_system))
        assert self.processor_s < 20

    def test_conversations_are_as_old_as_they_say_and_the_hidden_asker_stays_hidden(self) -> None:
        found = visible_conversations(system(Door.TEST))
        assert found.count() == len(self.content.conversations)
        lidar = read_thread(acting("Nadia"), found.get(title__startswith="Wren’s lidar").pk)
        assert lidar.accepted is not None
        assert lidar.accepted.author == members(system(Door.TEST)).get(name="Amara Okafor")
        waited = lidar.accepted.message.posted_at - lidar.conversation.started_at
        assert waited.total_seconds() == 38 * 60
        assert [reply.author.first_name for reply in lidar.replies if reply.author] == ["Hiroshi", "Owen"]
        assert lidar.opening is not None
        attachment = lidar.opening.message.attachments.get()
        assert attachment.media_file.filename == "scan-against-map.webp"
        hidden = found.get(title__startswith="Is it normal")
        assert hidden.started_by is None
        assert visible_conversations(acting("Bartholomew")).filter(channel__name="fleet-leads").count() == 0

    def test_twice_is_the_same_as_once(self) -> None:
        before = counts()
        again = load_demo(door=Door.TEST)
        assert again == Loaded(guide_id=self.loaded.guide_id, is_new=False)
        assert counts() == before

    def test_every_link_in_a_body_leads_somewhere_its_readers_can_go(self) -> None:
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
                assert visible_channels(acting("Owen")).filter(slug=key).exists(), link
            else:
                assert (kind, members(system(Door.TEST)).filter(pk=int(key)).exists()) == ("people", True), link
        assert not [
            insight.title for insight in kept.values() if re.search(r"\((insight|channel|person):", insight.body)
        ]

    def test_what_one_is_told_is_as_old_as_it_is_and_only_the_latest_is_new(self) -> None:
        for statement_id in Statement.objects.filter(verb__in=("thanked", "asked", "credited")).values_list(
            "pk", flat=True
        ):
            dispatch_statement(statement_id=statement_id)
        told = listed_notifications(acting("Nadia"))
        ages = [timezone.now() - one.made_at for one in told]
        assert len([age for age in ages if age > timedelta(days=20)]) > 2
        assert {is_read(one) for one, age in zip(told, ages, strict=True) if age > timedelta(days=2)} == {True}
        assert False in {is_read(one) for one, age in zip(told, ages, strict=True) if age < timedelta(days=2)}

    def test_private_channels_stay_private(self) -> None:
        outsider, insider = acting("Bartholomew"), acting("Nadia")
        hidden = {
            insight.title for insight in self.content.insights if insight.channel in ("fleet-leads", "hiring-field")
        }
        assert len(hidden) == 2
        assert not hidden & set(kept_insights(outsider).values_list("title", flat=True))
        assert hidden & set(kept_insights(insider).values_list("title", flat=True))

    def test_people_are_in_the_middle_of_things(self) -> None:
        nadia = acting("Nadia")
        progress = courses_in_progress(nadia)
        assert [outline.course.title for outline in progress] == ["Wren field service: your first ten days"]
        following = progress[0].next_lesson
        assert following is not None
        assert following.title == "Recalibrate Wren’s lidar on site after a wheel swap"
        assert [draft.title for draft in unfinished_drafts(nadia)] == ["Which zone limit is the right one"]
        thanks = [one.words for one in thanks_to(nadia, nadia.require_member())]
        assert "Your note on stale maps saved me a second trip to Tilbury." in thanks

    def test_captions_say_which_model_made_them_and_who_mended_them(self) -> None:
        for recording in visible_recordings(system(Door.TEST)):
            versions = recording.tracks.filter(kind="captions").order_by("version")
            assert versions[0].made_by is None
            assert versions[0].model
            assert recording.duration_ms
        mended = visible_recordings(system(Door.TEST)).get(title="Wren 3 calibration, start to finish")
        assert mended.captions is not None
        assert mended.captions.made_by is not None
        assert mended.captions.made_by.first_name == "Owen"
        words = " ".join(cue["text"] for cue in mended.captions.cues)
        assert "Tilbury" in words
        assert "Tillbrie" not in words
        assert mended.chapters is not None
        assert mended.chapters.cues[0]["text"] == "What a good scan looks like"

    def test_the_link_signs_the_guide_in(self) -> None:
        token = make_sign_in_link(actor=system(Door.TEST), member_id=self.loaded.guide_id)
        self.client.get(f"/sign-in/link/{token}/")
        answer = self.client.post(f"/sign-in/link/{token}/", follow=True)
        assert answer.status_code == 200
        assert self.client.get("/me/").status_code == 200
