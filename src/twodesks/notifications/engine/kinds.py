"""What people are told of, how, and what holds until somebody chooses otherwise."""

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """Each includes the ones before it, but for the digest, which takes the place of a mail at once."""

    NEVER = "never"
    PAGE = "page"
    DIGEST = "digest"
    MAIL = "mail"


HOWS = (
    (How.MAIL, "By e-mail, at once"),
    (How.DIGEST, "In the daily digest"),
    (How.PAGE, "Here, under the bell"),
    (How.NEVER, "Not at all"),
)


class Group(StrEnum):
    """How lists are parted, in this order."""

    WAITS = "waits"
    BECAUSE = "because"
    GOOD = "good"


GROUPS = (
    (Group.WAITS, "Somebody waits for you"),
    (Group.BECAUSE, "Because of you"),
    (Group.GOOD, "Good to know"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    label: str
    group: Group
    default: How
    by_channel: bool = False
    """Whether it comes from following a channel, so that the list of channels has it."""


ASKED = "asked"
MENTIONED = "mentioned"
DOUBTED = "doubted"
ANSWERED = "answered"
ACCEPTED = "accepted"
THANKED = "thanked"
CREDITED = "credited"
LEARNED = "learned"
FOLLOWED = "followed"
QUESTION = "question"
KEPT = "kept"
UPDATE = "update"
CHANGED = "changed"

KINDS = (
    Kind(ASKED, "A question is put to you", Group.WAITS, How.MAIL),
    Kind(MENTIONED, "Somebody mentions you", Group.WAITS, How.MAIL),
    Kind(DOUBTED, "Something you explained did not work for somebody", Group.WAITS, How.DIGEST),
    Kind(ANSWERED, "Your question is answered", Group.GOOD, How.MAIL),
    Kind(ACCEPTED, "Your answer is accepted", Group.BECAUSE, How.MAIL),
    Kind(THANKED, "Somebody thanks you", Group.BECAUSE, How.MAIL),
    Kind(CREDITED, "You are credited for an insight", Group.BECAUSE, How.DIGEST),
    Kind(LEARNED, "Somebody finishes a course of yours", Group.BECAUSE, How.DIGEST),
    Kind(FOLLOWED, "News in conversations you follow", Group.GOOD, How.DIGEST),
    Kind(QUESTION, "New conversations in channels you follow", Group.GOOD, How.DIGEST, by_channel=True),
    Kind(KEPT, "New insights in channels you follow", Group.GOOD, How.DIGEST, by_channel=True),
    Kind(UPDATE, "A lesson of your course could be brought up to date", Group.GOOD, How.DIGEST),
    Kind(CHANGED, "A lesson you took has changed", Group.GOOD, How.DIGEST),
)
KIND = {kind.name: kind for kind in KINDS}
BY_CHANNEL = tuple(kind for kind in KINDS if kind.by_channel)

# Of several that fit one member for one statement, the first in this order is told.
_ORDER = {kind.name: place for place, kind in enumerate(KINDS)}


def sooner(one: str, other: str) -> str:
    return min(one, other, key=_ORDER.__getitem__)


MUTED_BY_CONVERSATION = frozenset({MENTIONED, ANSWERED, FOLLOWED})
"""What somebody no longer hears of in a conversation that they muted."""
