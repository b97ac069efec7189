"""What an export would bring: counted, matched with who and what is here, nothing changed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from twodesks.channels.queries import postable_channels
from twodesks.imports.engine.records import Glance, LeftOut, Outline, Reach, Source, SourceChannel, Tally, Wishes
from twodesks.kit.actor import Actor
from twodesks.people.queries import members_by_email

TELL_EVERY = 50
PEOPLE_NAMED = 12


@dataclass(frozen=True, slots=True)
class ChannelPreview:
    """`becomes`: id and name of the channel here that it would join; None for a new one."""

    key: str
    name: str
    reach: str
    is_archived: bool
    messages: int
    threads: int
    questions: int
    answered: int
    becomes_id: int | None
    becomes: str
    readers: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the page of a preview shows. Times as ISO 8601."""

    identity: str
    name: str
    channels: list[ChannelPreview]
    people: int
    people_known: int
    people_gone: int
    people_bots: int
    same_names: list[str]
    messages: int
    threads: int
    answered: int
    files: int
    first_at: str
    last_at: str
    stretches: int
    left_out: dict[str, dict[str, object]]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class _Counts:
    messages: int = 0
    files: int = 0
    questions: int = 0
    # What is known of a thread: whether it began with a question, and whether another has answered.
    asked: dict[str, str] = field(default_factory=dict)
    threads: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)


def preview_source(
    actor: Actor, source: Source, wishes: Wishes, progress: Callable[[int, int], None] | None = None
) -> Preview:
    """Reads the whole export once, a stretch at a time, without making anything of its words."""
    outline, tally = source.outline(), Tally()
    tally.add_all(outline.left_out)
    tally.add_all(source.left_out(wishes))
    by_channel: dict[str, _Counts] = {}
    authors: Counter[str] = Counter()
    first: datetime | None = None
    last: datetime | None = None
    stretches = list(source.stretches(wishes))
    for number, stretch in enumerate(stretches):
        counts = by_channel.setdefault(stretch.channel_key, _Counts())
        for glance in source.look(stretch, wishes):
            if isinstance(glance, LeftOut):
                tally.add(glance)
                continue
            _count(glance, counts)
            authors[glance.author_key] += 1
            first = glance.sent_at if first is None else min(first, glance.sent_at)
            last = glance.sent_at if last is None else max(last, glance.sent_at)
        if progress is not None and number % TELL_EVERY == 0:
            progress(number, len(stretches))
    return _preview(actor, outline, wishes, _Seen(by_channel, authors, first, last, len(stretches), tally))


@dataclass(frozen=True, slots=True)
class _Seen:
    by_channel: Mapping[str, _Counts]
    authors: Counter[str]
    first: datetime | None
    last: datetime | None
    stretches: int
    tally: Tally


def _count(glance: Glance, counts: _Counts) -> None:
    counts.messages += 1
    counts.files += glance.files
    key = glance.thread_key
    if key is None:
        counts.questions += glance.is_question
        return
    counts.threads.add(key)
    if not glance.is_reply and glance.is_question:
        counts.asked[key] = glance.author_key
        counts.questions += 1
    elif glance.is_reply and counts.asked.get(key, glance.author_key) != glance.author_key:
        counts.answered.add(key)


def _preview(actor: Actor, outline: Outline, wishes: Wishes, seen: _Seen) -> Preview:
    wrote = [person for person in outline.people if person.key in seen.authors]
    strangers = len(seen.authors) - len(wrote)
    known = members_by_email(person.email for person in wrote)
    here = {channel.name.lower(): channel for channel in postable_channels(actor) if not channel.is_private}
    names = Counter(person.name.lower() for person in wrote)
    channels = [
        _channel(told, seen.by_channel.get(told.key, _Counts()), here.get(told.name.lower()), wishes)
        for told in outline.channels
        if wishes.take(told)
    ]
    mixed = seen.by_channel.get("", _Counts())
    return Preview(
        identity=outline.identity,
        name=outline.name,
        channels=sorted(channels, key=lambda channel: -channel.messages),
        people=len(wrote) + strangers,
        people_known=sum(person.email in known for person in wrote),
        people_gone=sum(person.is_gone for person in wrote),
        people_bots=sum(person.is_bot for person in wrote),
        same_names=[name.title() for name, count in names.items() if count > 1][:PEOPLE_NAMED],
        messages=sum(counts.messages for counts in seen.by_channel.values()),
        threads=sum(channel.threads for channel in channels) + len(mixed.threads),
        answered=sum(channel.answered for channel in channels) + len(mixed.answered),
        files=sum(counts.files for counts in seen.by_channel.values()),
        first_at=seen.first.isoformat() if seen.first else "",
        last_at=seen.last.isoformat() if seen.last else "",
        stretches=seen.stretches,
        left_out=seen.tally.as_json(),
    )


def _channel(told: SourceChannel, counts: _Counts, here: Any, wishes: Wishes) -> ChannelPreview:
    joins = here if told.reach is Reach.OPEN else None
    return ChannelPreview(
        key=told.key,
        name=told.name,
        reach=told.reach.value,
        is_archived=told.is_archived,
        messages=counts.messages,
        threads=len(counts.threads),
        questions=counts.questions,
        answered=len(counts.answered),
        becomes_id=joins.pk if joins is not None else None,
        becomes=str(joins) if joins is not None else f"#{told.name}",
        readers=len(told.member_keys),
    )
