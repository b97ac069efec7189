"""The conversations of the demo: asked, answered, accepted and thanked for, each at its time."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.attach_file import attach_file
from twodesks.conversations.operations.backdate_conversation import backdate_conversation
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.rename_conversation import rename_conversation
from twodesks.conversations.operations.say_me_too import say_me_too
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.demo.content import Content, ConversationContent, MessageContent, moment_in
from twodesks.demo.links import with_addresses
from twodesks.demo.load_people import Loading
from twodesks.kit.actor import Actor

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation, Message


def load_conversations(loading: Loading, content: Content) -> None:
    """In the order of the file; the newest message of each says where it stands in lists."""
    for conversation in content.conversations:
        _load(loading, conversation)


def _load(loading: Loading, content: ConversationContent) -> None:
    began, people = moment_in(content.at, loading.now), loading.addresses.people
    asker = loading.acting(content.by, began)
    begun = start_conversation(
        actor=asker,
        channel_id=loading.channel_ids[content.channel],
        title=content.title,
        body=with_addresses(content.body.strip(), loading.addresses),
        kind=content.kind,
        anonymous=content.anonymous,
        asked_member_id=people[content.asked] if content.asked else None,
        attachment_ids=_picture(asker, content.picture_path),
    )
    if content.topics:
        rename_conversation(actor=asker, conversation_id=begun.pk, title=content.title, topics=content.topics)
    for person in content.me_too:
        say_me_too(actor=loading.acting(person, began), conversation_id=begun.pk)
    opening = begun.messages.get()
    posted_at = {opening.pk: began}
    for said in content.message:
        at = moment_in(said.at, loading.now)
        message = _say(loading, begun, said, at)
        posted_at[message.pk] = at
        if said.accepted:
            accept_answer(actor=loading.acting(content.by, at), message_id=message.pk)
    # Whoever has a part in it has read it; only what is of today is news.
    backdate_conversation(
        actor=loading.system, conversation_id=begun.pk, posted_at=posted_at, read_at=max(posted_at.values())
    )


def _picture(asker: Actor, path: Path | None) -> list[int]:
    if path is None:
        return []
    with path.open("rb") as picture:
        return [attach_file(actor=asker, content=picture, filename=path.name, content_type="image/webp").pk]


def _say(loading: Loading, conversation: "Conversation", content: MessageContent, at: datetime) -> "Message":
    message = post_message(
        actor=loading.acting(content.by, at),
        conversation_id=conversation.pk,
        body=with_addresses(content.body.strip(), loading.addresses),
        recording_id=loading.addresses.recordings[content.recording] if content.recording else None,
    )
    for person, words in content.thanks.items():
        thank_for_message(actor=loading.acting(person, at), message_id=message.pk, words=words)
    for sign, people in content.signs.items():
        for person in people:
            react(actor=loading.acting(person, at), message_id=message.pk, emoji=sign)
    return message
