"""The named cast: who does what in every test. Built by operations, so set-up obeys the rules.

Alice asks and learns; Bob explains; Carol shapes courses; Dave administers; Erin is a member outside every private
channel and sees only what is open.
"""

from dataclasses import dataclass

from twodesks.kit.actor import Actor, Door, Role, system
from twodesks.people.models import Member
from twodesks.people.operations.add_member import add_member

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Cast:
    alice: Member
    bob: Member
    carol: Member
    dave: Member
    erin: Member


def assemble_cast() -> Cast:
    """Five members of one organisation, each with `PASSWORD`."""

    def member(name: str, role: Role = Role.MEMBER) -> Member:
        return add_member(
            actor=system(Door.TEST),
            name=name,
            email=f"{name.split()[0].lower()}@example.org",
            role=role,
            password=PASSWORD,
        )

    return Cast(
        alice=member("Alice Asker"),
        bob=member("Bob Explainer"),
        carol=member("Carol Curator", Role.CURATOR),
        dave=member("Dave Administrator", Role.ADMINISTRATOR),
        erin=member("Erin Elsewhere"),
    )


def acting(member: Member) -> Actor:
    return member.as_actor(Door.TEST)
