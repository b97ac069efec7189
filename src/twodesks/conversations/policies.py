"""Who may see and change conversations and their messages."""

from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from twodesks.channels import queries as channels
from twodesks.conversations.models import Conversation, HiddenAsker, Message
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny

if TYPE_CHECKING:
    from twodesks.channels.models import Channel


def visible_to(actor: Actor) -> Q:
    """Whoever sees its channel."""
    if actor.is_system:
        return Q()
    if actor.member_id is None:
        return Q(pk__in=[])
    return channels.in_visible_channels(actor)


class Standing:
    """What an actor is to a conversation, and what follows from it for the messages in it: each rule, once.

    Where `is_hidden_asker` was read with the conversation, and its channel's stewardships, nothing here queries.
    Messages are of that conversation.
    """

    def __init__(self, actor: Actor, conversation: Conversation, *, is_hidden_asker: bool | None = None) -> None:
        self.actor = actor
        self.conversation = conversation
        self._is_hidden_asker = is_hidden_asker

    @cached_property
    def is_asker(self) -> bool:
        """Whether the actor asked it, openly or hidden."""
        if self.actor.member_id is None:
            return False
        if self.conversation.started_by_id is not None:
            return self.conversation.started_by_id == self.actor.member_id
        if self._is_hidden_asker is not None:
            return self._is_hidden_asker
        return HiddenAsker.objects.filter(conversation=self.conversation, member_id=self.actor.member_id).exists()

    @cached_property
    def is_steward(self) -> bool:
        return bool(channels.may_change(self.actor, self.conversation.channel))

    def is_own(self, message: Message) -> bool:
        """Whether the actor wrote it, openly or hidden."""
        if message.author_id is not None:
            return message.author_id == self.actor.member_id
        return self.is_asker

    def may_edit(self, message: Message) -> Decision:
        if message.removed_at is not None:
            return deny("This message was removed, so it cannot be changed.")
        if self.is_own(message):
            return ALLOW
        return deny("Only who wrote this can change it. Reply to it instead.")

    def may_remove(self, message: Message) -> Decision:
        """Who wrote it, and those who look after the channel."""
        if self.is_own(message) or self.is_steward:
            return ALLOW
        return deny("Who wrote this, or those who look after the channel, can remove it.")

    def may_restore(self, message: Message) -> Decision:
        """Whoever took it out of sight, and those who look after the channel."""
        if self.is_own(message) and message.removed_by_id in (self.actor.member_id, None):
            return ALLOW
        if self.is_steward:
            return ALLOW
        return deny("Somebody who looks after the channel removed this. Ask one of them to bring it back.")

    def may_accept(self) -> Decision:
        """The asker, and those who look after the channel."""
        if self.conversation.kind == Conversation.Kind.DISCUSSION:
            return deny("A discussion has no accepted answer. Thank who helped you instead.")
        if self.is_asker or self.is_steward:
            return ALLOW
        return deny("Whoever asked, or those who look after the channel, can say which answer it was.")

    def may_arrange(self) -> Decision:
        """Rename, move, split, merge: who began it, curators, and those who look after the channel."""
        if self.actor.is_curator or self.is_asker or self.is_steward:
            return ALLOW
        return deny("Who began this, a curator, or those who look after the channel can do that.")


def is_asker(actor: Actor, conversation: Conversation) -> bool:
    return Standing(actor, conversation).is_asker


def speaks_hidden(actor: Actor, conversation: Conversation) -> bool:
    """Whether what the actor does here must not bear their name."""
    return conversation.is_asker_hidden and is_asker(actor, conversation)


def as_peers_see(actor: Actor, conversation: Conversation) -> Actor:
    """The actor for the ledger: nobody in particular where their name would give the asker away."""
    if not speaks_hidden(actor, conversation):
        return actor
    return Actor(member_id=None, role=None, door=actor.door)


def is_own(actor: Actor, message: Message) -> bool:
    return Standing(actor, message.conversation).is_own(message)


def may_post(actor: Actor, conversation: Conversation) -> Decision:
    return channels.may_post(actor, conversation.channel)


def may_edit(actor: Actor, message: Message) -> Decision:
    return Standing(actor, message.conversation).may_edit(message)


def may_remove(actor: Actor, message: Message) -> Decision:
    return Standing(actor, message.conversation).may_remove(message)


def may_restore(actor: Actor, message: Message) -> Decision:
    return Standing(actor, message.conversation).may_restore(message)


def may_accept(actor: Actor, conversation: Conversation) -> Decision:
    return Standing(actor, conversation).may_accept()


def may_arrange(actor: Actor, conversation: Conversation) -> Decision:
    return Standing(actor, conversation).may_arrange()


def may_reveal(actor: Actor) -> Decision:
    if actor.is_administrator:
        return ALLOW
    return deny("An administrator can look this up, with a reason that is kept.")


def may_widen(actor: Actor, source: "Channel", target: "Channel", *, confirmed: bool) -> Decision:
    """Let words of a private channel be read elsewhere: only those who look after it, and only when they mean it."""
    if not source.is_private or source.pk == target.pk:
        return ALLOW
    if not channels.may_change(actor, source):
        return deny(f"{source} is private. Those who look after it can take things out of it; ask one of them.")
    if not confirmed:
        return deny(
            f"{source} is private, and {target} has other readers. Nothing was moved. "
            "Confirm that they may read all of it, then try again."
        )
    return ALLOW
