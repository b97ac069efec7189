"""Who may see and change conversations and their messages."""

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


def is_asker(actor: Actor, conversation: Conversation) -> bool:
    """Whether the actor asked it, openly or hidden."""
    if actor.member_id is None:
        return False
    if conversation.started_by_id is not None:
        return conversation.started_by_id == actor.member_id
    return HiddenAsker.objects.filter(conversation=conversation, member_id=actor.member_id).exists()


def speaks_hidden(actor: Actor, conversation: Conversation) -> bool:
    """Whether what the actor does here must not bear their name."""
    return conversation.is_asker_hidden and is_asker(actor, conversation)


def as_peers_see(actor: Actor, conversation: Conversation) -> Actor:
    """The actor for the ledger: nobody in particular where their name would give the asker away."""
    if not speaks_hidden(actor, conversation):
        return actor
    return Actor(member_id=None, role=None, door=actor.door)


def is_own(actor: Actor, message: Message) -> bool:
    """Whether the actor wrote it, openly or hidden."""
    if message.author_id is not None:
        return message.author_id == actor.member_id
    return is_asker(actor, message.conversation)


def may_post(actor: Actor, conversation: Conversation) -> Decision:
    return channels.may_post(actor, conversation.channel)


def may_edit(actor: Actor, message: Message) -> Decision:
    if message.removed_at is not None:
        return deny("This message was removed, so it cannot be changed.")
    if is_own(actor, message):
        return ALLOW
    return deny("Only who wrote this can change it. Reply to it instead.")


def may_remove(actor: Actor, message: Message) -> Decision:
    """Who wrote it, and those who look after the channel."""
    if is_own(actor, message) or channels.may_change(actor, message.conversation.channel):
        return ALLOW
    return deny("Who wrote this, or those who look after the channel, can remove it.")


def may_restore(actor: Actor, message: Message) -> Decision:
    """Whoever took it out of sight, and those who look after the channel."""
    removed_it = message.removed_by_id in (actor.member_id, None) if is_own(actor, message) else False
    if removed_it or channels.may_change(actor, message.conversation.channel):
        return ALLOW
    return deny("Somebody who looks after the channel removed this. Ask one of them to bring it back.")


def may_accept(actor: Actor, conversation: Conversation) -> Decision:
    """The asker, and those who look after the channel."""
    if conversation.kind == Conversation.Kind.DISCUSSION:
        return deny("A discussion has no accepted answer. Thank who helped you instead.")
    if is_asker(actor, conversation) or channels.may_change(actor, conversation.channel):
        return ALLOW
    return deny("Whoever asked, or those who look after the channel, can say which answer it was.")


def may_arrange(actor: Actor, conversation: Conversation) -> Decision:
    """Rename, move, split, merge: who began it, curators, and those who look after the channel."""
    if actor.is_curator or is_asker(actor, conversation) or channels.may_change(actor, conversation.channel):
        return ALLOW
    return deny("Who began this, a curator, or those who look after the channel can do that.")


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
