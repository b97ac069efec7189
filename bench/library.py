"""A library for measuring: written by the bulk, since loading it is not what is measured."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bench.library_conversations import fill_conversations
from bench.vocabulary import COMMON, said
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.publish_course import publish_course
from twodesks.insights.engine.importing import ImportedInsight
from twodesks.insights.operations.import_insights import import_insights
from twodesks.insights.queries.shelves import listed_insights
from twodesks.kit.actor import Door, Role, system
from twodesks.people.models import Member
from twodesks.people.operations.add_member import add_member
from twodesks.people.operations.found_organisation import found_organisation
from twodesks.people.sessions import SessionStore
from twodesks.recordings.models import CaptionTrack, Recording

CHANNELS = 24
PRIVATE = 4
CUES = 240


def fill(*, insights: int, conversations: int, clients: int) -> dict[str, Any]:
    """Returns `addresses` by page and `cookies`, one session a client."""
    chance = random.Random(20)
    founder = found_organisation(
        actor=system(Door.CLI), organisation_name="Bench", name="Ada Founder", email="ada@example.org", password=None
    )
    people = [founder, *(_member(number) for number in range(1, 60))]
    channels = [
        create_channel(
            actor=people[number].as_actor(Door.CLI),
            name=f"{COMMON[number]}-{number}",
            purpose=f"All about {COMMON[number]}.",
            visibility="private" if number < PRIVATE else "open",
        )
        for number in range(CHANNELS)
    ]
    for channel in channels[PRIVATE:]:
        for member in chance.sample(people, 20):
            follow_channel(actor=member.as_actor(Door.CLI), channel_id=channel.pk)
    for place, channel in enumerate(channels):
        rows = range(place, insights, CHANNELS)
        import_insights(
            actor=people[place].as_actor(Door.CLI),
            channel_id=channel.pk,
            lines=[_line(number, chance, people) for number in rows],
        )
    actor = founder.as_actor(Door.CLI)
    shown = list(listed_insights(actor).filter(channel=channels[-1])[:6])
    course = create_course(
        actor=actor, title="A course to measure", outcome="measure", insight_ids=[insight.pk for insight in shown]
    )
    publish_course(actor=actor, course_id=course.pk)
    for member in people[:clients]:
        enrol(actor=member.as_actor(Door.CLI), course_id=course.pk)
    fill_conversations(conversations=conversations, channels=channels, people=people)
    recording = _recording(channels[-1], founder, chance)
    addresses = {
        "home": "/",
        "insight": f"/insights/{shown[0].pk}-{shown[0].slug}/",
        "recording": f"/recordings/{recording.pk}/",
        "course": f"/courses/{course.pk}/",
        "search": "/search/?q={q}",
        "ask": f"/ask/?q={{q}}&channel={channels[-1].pk}",
        "ask-typing": f"/ask/suggestions/?q={{q}}&channel={channels[-1].pk}",
        "channel": f"/channels/{channels[-1].slug}/",
        "library": "/library/",
    }
    return {"addresses": addresses, "cookies": [_session(member) for member in people[:clients]]}


def _member(number: int) -> Member:
    return add_member(
        actor=system(Door.CLI), name=f"Member {number}", email=f"member{number}@example.org", role=Role.MEMBER
    )


def _line(number: int, chance: random.Random, people: Sequence[Member]) -> ImportedInsight:
    title = said(chance, 4).capitalize()
    paragraphs = [said(chance, 40).capitalize() + "." for _ in range(3)]
    return ImportedInsight(
        key=f"bench-{number}",
        title=f"{title} {number}",
        body="\n\n".join([paragraphs[0], "## How", *paragraphs[1:]]),
        author=people[number % len(people)].email,
        topics=tuple(chance.sample(COMMON, 2)),
        created_at=timezone.now() - timedelta(hours=number % 8000),
    )


def _recording(channel: Channel, owner: Member, chance: random.Random) -> Recording:
    """Twenty minutes with captions, without media: what the page reads from the database."""
    recording = Recording.objects.create(
        title="A recording to measure", kind="voice", owner=owner, channel=channel, duration_ms=CUES * 5000,
        ended_at=timezone.now(), language="en",
    )  # fmt: skip
    cues: list[dict[str, Any]] = [
        {"start_ms": place * 5000, "end_ms": place * 5000 + 4800, "text": said(chance, 12)} for place in range(CUES)
    ]
    spoken = [word for cue in cues for word in _words_of(cue)]
    track = CaptionTrack.objects.create(
        recording=recording, kind="captions", version=1, language="en", cues=cues, words=spoken, model="bench"
    )
    recording.captions = track
    recording.save(update_fields=["captions"])
    return recording


def _words_of(cue: dict[str, Any]) -> list[dict[str, Any]]:
    starts = range(cue["start_ms"], cue["end_ms"], 400)
    return [
        {"start_ms": start, "end_ms": start + 380, "text": f" {word}", "probability": 0.9}
        for start, word in zip(starts, cue["text"].split(), strict=False)
    ]


def _session(member: Member) -> str:
    session = SessionStore()
    session["_auth_user_id"] = str(member.pk)
    session["_auth_user_backend"] = "twodesks.people.sessions.MemberBackend"
    session["_auth_user_hash"] = member.get_session_auth_hash()
    session.create()
    return str(session.session_key)
