"""A room for measuring live pages: many members who read one conversation, and one who writes in it."""

from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from twodesks.activity.live import latest_event_id
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.kit.actor import Door, system
from twodesks.people.models import Member
from twodesks.people.operations.add_member import add_member
from twodesks.people.operations.found_organisation import found_organisation


def furnish(listeners: int) -> dict[str, Any]:
    """`topics` and `cookies` of the listeners; `post` and `poster`, where and as whom to write; `ids` of what was."""
    founder = found_organisation(
        actor=system(Door.CLI), organisation_name="Bench", name="Ada Founder", email="ada@example.org", password=None
    )
    members = [
        add_member(actor=system(Door.CLI), name=f"Member {number}", email=f"m{number}@example.org", password=None)
        for number in range(listeners)
    ]
    actor = founder.as_actor(Door.CLI)
    channel = create_channel(actor=actor, name="everybody", purpose="Where all listen.")
    conversation = start_conversation(actor=actor, channel_id=channel.pk, title="Are you all there?", body="Well?")
    opening = set(Message.objects.filter(conversation=conversation).values_list("pk", flat=True))

    def ids() -> list[int]:
        found = Message.objects.filter(conversation=conversation).exclude(pk__in=opening).order_by("pk")
        return list(found.values_list("pk", flat=True))

    return {
        # As a page that was just drawn says it: from here on.
        "topics": f"topic=conversation:{conversation.pk}&topic=member&after={latest_event_id()}",
        "cookies": [_session(member) for member in members],
        "news": f"/conversations/{conversation.pk}/news/",
        "post": f"/conversations/{conversation.pk}/messages/",
        "poster": _session(founder),
        "ids": ids,
    }


def _session(member: Member) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "twodesks.people.sessions.MemberBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return str(session.session_key)
