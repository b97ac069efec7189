"""The people of the demo and the channels in which they talk."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.add_steward import add_steward
from twodesks.channels.operations.backdate_channel import backdate_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.demo.content import ChannelContent, Content, Person, moment_in
from twodesks.demo.links import Addresses
from twodesks.kit.actor import Actor, Door, Role, system
from twodesks.people.operations.add_member import add_member
from twodesks.people.operations.backdate_member import backdate_member
from twodesks.people.operations.change_photo import change_photo
from twodesks.people.operations.change_profile import change_profile
from twodesks.people.operations.found_organisation import found_organisation

ORGANISATION = "Ridgeway Robotics"
_LAST_LOOKED = timedelta(hours=30)


@dataclass(frozen=True)
class Loading:
    """What the steps of the loading share: who acts, when it is, what has been made."""

    door: Door
    now: datetime
    actors: dict[str, Actor] = field(default_factory=dict)
    channel_ids: dict[str, int] = field(default_factory=dict)
    addresses: Addresses = field(default_factory=Addresses)

    @property
    def system(self) -> Actor:
        return system(self.door)

    def acting(self, person: str, at: datetime) -> Actor:
        """A member who does something at a moment of the past."""
        return replace(self.actors[person], at=at)


def load_people(loading: Loading, content: Content) -> None:
    """The first of them founds the organisation."""
    for person in content.people:
        _load_person(loading, person)


def _load_person(loading: Loading, person: Person) -> None:
    if not loading.actors:
        member = found_organisation(
            actor=loading.system,
            organisation_name=ORGANISATION,
            name=person.name,
            email=person.email,
            password=None,
            time_zone=person.time_zone,
            is_demo=True,
        )
    else:
        member = add_member(
            actor=loading.system,
            name=person.name,
            email=person.email,
            role=Role(person.role),
            time_zone=person.time_zone,
        )
    actor = member.as_actor(loading.door)
    change_profile(
        actor=actor,
        name=person.name,
        time_zone=person.time_zone,
        job_title=person.job_title,
        place=person.place,
        helps_with=person.helps_with,
    )
    with person.portrait.open("rb") as portrait:
        change_photo(actor=actor, picture=portrait)
    backdate_member(actor=loading.system, member_id=member.pk, joined_at=moment_in(person.joined, loading.now))
    loading.actors[person.key] = actor
    loading.addresses.people[person.key] = member.pk


def load_channels(loading: Loading, content: Content) -> None:
    for channel in content.channels:
        _load_channel(loading, channel)


def _load_channel(loading: Loading, channel: ChannelContent) -> None:
    people, maker = loading.addresses.people, loading.actors[channel.stewards[0]]
    made = create_channel(
        actor=maker,
        name=channel.name,
        purpose=channel.purpose,
        visibility="private" if channel.private else "open",
    )
    for steward in channel.stewards[1:]:
        add_steward(actor=maker, channel_id=made.pk, member_id=people[steward])
    for member in channel.members:
        add_channel_member(actor=maker, channel_id=made.pk, member_id=people[member])
    for follower in channel.followers:
        follow_channel(actor=loading.actors[follower], channel_id=made.pk)
    backdate_channel(
        actor=loading.system,
        channel_id=made.pk,
        created_at=moment_in(channel.created, loading.now),
        seen_at=loading.now - _LAST_LOOKED,
    )
    loading.channel_ids[channel.name] = made.pk
    loading.addresses.channels[channel.name] = made.slug
