"""Notifications in words: one line for all that is about one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from twodesks.conversations.operations.start_conversation import FIRST_ALONE
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import summary
from twodesks.notifications.engine import kinds
from twodesks.notifications.engine.kinds import GROUPS, KIND, Group
from twodesks.notifications.models import Notification
from twodesks.notifications.queries.reading import listed_notifications

if TYPE_CHECKING:
    from twodesks.people.models import Member

EXCERPT = 110


@dataclass(frozen=True, slots=True)
class Notice:
    """One line. `key` opens it; `mark` is a type mark where there is no `face`. `about` is the small line."""

    key: str
    words: str
    about: str
    face: "Member | None"
    mark: str
    at: datetime
    is_new: bool
    goes_on_at: datetime | None = None
    """When a question that was put to the reader first goes to its channel, if that is to come."""


@dataclass(frozen=True, slots=True)
class NoticeGroup:
    title: str
    notices: Sequence[Notice]


def notice_groups(actor: Actor, *, limit: int = 30, only_new: bool = False) -> list[NoticeGroup]:
    """What is new and what was, the newest first in each group; groups without any are left out. One query."""
    return grouped(listed_notifications(actor, only_new=only_new), limit=limit)


def grouped(notifications: Sequence[Notification], *, limit: int = 30) -> list[NoticeGroup]:
    by_group: dict[Group, list[Notice]] = {group: [] for group, _ in GROUPS}
    for together in _collapsed(notifications)[:limit]:
        by_group[KIND[together[0].kind].group].append(_notice(together))
    return [NoticeGroup(title, by_group[group]) for group, title in GROUPS if by_group[group]]


def _collapsed(notifications: Sequence[Notification]) -> list[list[Notification]]:
    """Those about one thing as one kind of news together, the newest first; each thanks stands for itself."""
    together: dict[tuple[str, ...], list[Notification]] = {}
    for one in notifications:
        key = (one.kind, str(one.key)) if one.kind == kinds.THANKED else (one.kind, one.subject, str(_is_read(one)))
        together.setdefault(key, []).append(one)
    return list(together.values())


def _is_read(notification: Notification) -> bool:
    return bool(getattr(notification, "is_read", notification.seen_at is not None))


def _notice(together: Sequence[Notification]) -> Notice:
    newest = together[0]
    goes_on = newest.statement.moment + FIRST_ALONE if newest.kind == kinds.ASKED else None
    if goes_on is not None and (goes_on < timezone.now() or newest.statement.verb == "routed"):
        goes_on = None
    words, about = words_of(together)
    return Notice(
        key=str(newest.key),
        words=words,
        about=about,
        face=newest.actor,
        mark="talk" if newest.conversation_id else "course" if newest.course_id else "insight",
        at=newest.made_at,
        is_new=not _is_read(newest),
        goes_on_at=goes_on,
    )


def title_of(notification: Notification) -> str:
    about = notification.conversation or notification.course or notification.insight
    return about.title if about is not None else ""


def who_did(notification: Notification) -> str:
    """A name, or words for somebody who has none here."""
    if notification.actor is not None:
        return notification.actor.name
    return "Whoever asked" if notification.conversation_id else "Somebody"


def words_of(together: Sequence[Notification]) -> tuple[str, str]:
    """The line and the small line for notifications of one kind about one thing, the newest first."""
    newest = together[0]
    say = _WORDS[newest.kind]
    return say(newest, len(together), _names(together))


def _names(together: Sequence[Notification]) -> str:
    """ "Kwame", "Kwame and Amara", "Kwame, Amara and 3 more", the latest first."""
    names = list(dict.fromkeys(who_did(one) for one in together))
    if len(names) <= 1:
        return names[0]
    if len(names) == 2:
        return f"{names[0]} and {names[1]}"
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"


def _channel(one: Notification) -> str:
    return str(one.conversation.channel) if one.conversation is not None else ""


def _excerpt(one: Notification) -> str:
    message = one.message
    if message is None or message.removed_at is not None or message.conversation_id != one.conversation_id:
        # One that was split off is read where it is now, by those who see it there.
        return ""
    return summary(message.body, EXCERPT)


def _asked(one: Notification, count: int, names: str) -> tuple[str, str]:
    asker = names if one.actor is not None else "Somebody"
    verb = "would like you to answer" if one.statement.verb == "routed" else "asks you"
    return f"{asker} {verb}: {title_of(one)}", _channel(one)


def _mentioned(one: Notification, count: int, names: str) -> tuple[str, str]:
    verb = "mentions" if " and " not in names else "mention"
    return f"{names} {verb} you in “{title_of(one)}”", _excerpt(one) or _channel(one)


def _answered(one: Notification, count: int, names: str) -> tuple[str, str]:
    verb = "answers" if " and " not in names else "answer"
    return f"{names} {verb} “{title_of(one)}”", _excerpt(one) or "your question"


def _accepted(one: Notification, count: int, names: str) -> tuple[str, str]:
    return f"Your answer to “{title_of(one)}” is the one", f"{names} accepted it"


def _thanked(one: Notification, count: int, names: str) -> tuple[str, str]:
    words = str(one.statement.result.get("words", ""))
    if words:
        return f"“{words}”", f"{names}, for “{title_of(one)}”"
    return f"{names} thanks you", f"for “{title_of(one)}”"


def _credited(one: Notification, count: int, names: str) -> tuple[str, str]:
    return f"{names} credits you in “{title_of(one)}”", "an insight that others learn from"


def _doubted(one: Notification, count: int, names: str) -> tuple[str, str]:
    reason = str(one.statement.result.get("reason", ""))
    return f"“{title_of(one)}” did not work for {names}", summary(reason, EXCERPT)


def _learned(one: Notification, count: int, names: str) -> tuple[str, str]:
    people = "Somebody" if count == 1 else f"{count} people"
    return f"{people} finished “{title_of(one)}”", "a course of yours"


def _followed(one: Notification, count: int, names: str) -> tuple[str, str]:
    title, verb = title_of(one), one.statement.verb
    if verb == "accepted":
        return f"“{title}” has its answer", f"{names} accepted it, and you follow it"
    if verb == "reopened":
        return f"“{title}” is open again", "you follow it"
    if count > 1:
        return f"{count} new messages in “{title}”", f"from {names}, and you follow it"
    return f"{names} writes in “{title}”", _excerpt(one) or "you follow it"


def _question(one: Notification, count: int, names: str) -> tuple[str, str]:
    asker = names if one.actor is not None else "Somebody"
    verb = "begins" if one.statement.verb == "started" else "asks"
    return f"{asker} {verb} “{title_of(one)}”", f"in {_channel(one)}, which you follow"


def _kept(one: Notification, count: int, names: str) -> tuple[str, str]:
    return f"{names} keeps “{title_of(one)}”", "new in a channel you follow"


def _update(one: Notification, count: int, names: str) -> tuple[str, str]:
    lesson = one.insight.title if one.insight is not None else ""
    return f"An update is ready for “{title_of(one)}”", f"“{lesson}” has a new revision" if lesson else ""


def _changed(one: Notification, count: int, names: str) -> tuple[str, str]:
    return "A lesson you took has changed", f"in “{title_of(one)}”"


_WORDS = {
    kinds.ASKED: _asked,
    kinds.MENTIONED: _mentioned,
    kinds.DOUBTED: _doubted,
    kinds.ANSWERED: _answered,
    kinds.ACCEPTED: _accepted,
    kinds.THANKED: _thanked,
    kinds.CREDITED: _credited,
    kinds.LEARNED: _learned,
    kinds.FOLLOWED: _followed,
    kinds.QUESTION: _question,
    kinds.KEPT: _kept,
    kinds.UPDATE: _update,
    kinds.CHANGED: _changed,
}


def address_of(notification: Notification) -> str:
    """Where it leads, from the root of the site."""
    if notification.conversation_id is not None:
        if notification.message_id:
            # By the message's own address: it may have gone to another conversation, or be far up in a long one.
            return f"/messages/{notification.message_id}/"
        return f"/conversations/{notification.conversation_id}/"
    if notification.course_id is not None:
        return f"/courses/{notification.course_id}/"
    return f"/insights/{notification.insight_id}/"
