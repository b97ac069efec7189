"""Who acts. Every operation and every query takes one, first and by name; nothing is ambient."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from twodesks.kit.problem import SignInNeeded


class Role(StrEnum):
    """What a member may do in the organisation as a whole; channels add stewards on top."""

    MEMBER = "member"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


class Door(StrEnum):
    """The way by which somebody came in; recorded with each statement."""

    WEB = "web"
    REST = "rest"
    CLI = "cli"
    JOB = "job"
    MAIL = "mail"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, or the system itself (`member_id` is None and `is_system` true), or an anonymous guest.

    Policies read only this; they never read a request. `memo` is where they keep what they have looked up for this
    actor, so that a page asks once: an actor lives as long as its request, and operations that change what it may see
    call `forget`.

    `at` is set where something is loaded that happened at another time, as in the demo: the ledger keeps both.
    """

    member_id: int | None
    role: Role | None = None
    door: Door = Door.WEB
    is_system: bool = False
    at: datetime | None = None
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def forget(self) -> None:
        """Look up anew what the actor may see."""
        self.memo.clear()

    @property
    def is_guest(self) -> bool:
        return self.member_id is None and not self.is_system

    def require_member(self) -> int:
        """The member's id. Raises `SignInNeeded` for guests and the system."""
        if self.member_id is None:
            raise SignInNeeded
        return self.member_id

    @property
    def is_administrator(self) -> bool:
        return self.is_system or self.role is Role.ADMINISTRATOR

    @property
    def is_curator(self) -> bool:
        return self.is_administrator or self.role is Role.CURATOR


def guest(door: Door = Door.WEB) -> Actor:
    """Somebody who has not signed in."""
    return Actor(member_id=None, door=door)


def system(door: Door = Door.JOB) -> Actor:
    """The installation itself: jobs and maintenance commands. Sees everything, so never hand it to a page."""
    return Actor(member_id=None, door=door, is_system=True)
