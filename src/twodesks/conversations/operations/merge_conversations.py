"""Make one conversation of two that ask the same."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import AskedMember, Conversation, ConversationFollowing, HiddenAsker, Message, MeToo
from twodesks.conversations.operations.recount import recount
from twodesks.conversations.operations.settle_in import settle_in
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid


@operation("conversations.merge_conversations")
def merge_conversations(*, actor: Actor, conversation_id: int, into_id: int, confirmed: bool = False) -> Conversation:
    """Messages, followers and "me too" go into the other one; the old address leads there from now on.

    Whoever asked the first one has the same question as the second. Raises `Invalid` for one and the same, `Conflict`
    where both have a hidden asker (two people cannot be kept apart in one thread), `Denied` out of a private channel.
    """
    source, target = get_conversation(actor, conversation_id), get_conversation(actor, into_id)
    if source.pk == target.pk:
        raise Invalid("Choose another conversation to put this one into.", field="into")
    policies.may_arrange(actor, source).require()
    policies.may_arrange(actor, target).require()
    policies.may_post(actor, target).require()
    policies.may_widen(actor, source.channel, target.channel, confirmed=confirmed).require()
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(of=("self",)).order_by("pk")
        both = {one.pk: one for one in locked.filter(pk__in=(source.pk, target.pk))}
        source, target = both[source.pk], both[target.pk]
        if source.merged_into_id is not None or target.merged_into_id is not None:
            raise Conflict("One of them has just been merged into another. Nothing was changed; reload the page.")
        _carry_hidden(source, target)
        if source.started_by_id is not None and source.started_by_id != target.started_by_id:
            MeToo.objects.get_or_create(conversation=target, member_id=source.started_by_id)
        heard = list(source.messages.exclude(recording=None).values_list("recording_id", flat=True))
        _carry(source, target)
        source.merged_into, source.merged_at = target, timezone.now()
        hidden = policies.speaks_hidden(actor, source) or policies.speaks_hidden(actor, target)
        source.merged_by_id = None if hidden else actor.member_id
        _carry_acceptance(source, target)
        source.save()
        Conversation.objects.filter(merged_into=source).update(merged_into=target)
        settle_in(actor=actor, conversation=target, recording_ids=heard, before_channel_id=source.channel_id)
        recount(conversation_ids=[source.pk, target.pk])
        for one, context in ((source, {"into_id": target.pk}), (target, {"from_id": source.pk})):
            record_statement(
                actor=policies.as_peers_see(actor, one),
                verb="merged",
                object_type="conversation",
                object_id=one.pk,
                channel_id=one.channel_id,
                context=context,
            )
        publish(f"conversation:{source.pk}", "merged", into=target.pk)
        publish(f"conversation:{target.pk}", "arranged")
    target.refresh_from_db()
    return target


def _carry_hidden(source: Conversation, target: Conversation) -> None:
    hidden = HiddenAsker.objects.filter(conversation=source).first()
    there = HiddenAsker.objects.filter(conversation=target).first()
    if hidden is None:
        return
    if there is not None and there.member_id != hidden.member_id:
        raise Conflict("Both were asked anonymously, so they stay apart. Link one from the other instead.")
    if target.started_by_id is not None and there is None:
        raise Conflict(
            "This one was asked anonymously, and the other with a name. Merge the other into this one instead."
        )


def _carry_acceptance(source: Conversation, target: Conversation) -> None:
    """A question that was answered stays answered."""
    if target.accepted_message_id is None and target.kind != Conversation.Kind.DISCUSSION:
        target.accepted_message_id = source.accepted_message_id
        target.accepted_at, target.accepted_by_id = source.accepted_at, source.accepted_by_id
        target.save(update_fields=["accepted_message", "accepted_at", "accepted_by"])
    source.forget_acceptance()


def _carry(source: Conversation, target: Conversation) -> None:
    followers = ConversationFollowing.objects.filter(conversation=source).values_list("member_id", "muted_at")
    ConversationFollowing.objects.bulk_create(
        [ConversationFollowing(conversation=target, member_id=m, muted_at=muted) for m, muted in followers],
        ignore_conflicts=True,
    )
    me_too = MeToo.objects.filter(conversation=source).values_list("member_id", flat=True)
    MeToo.objects.bulk_create(
        [MeToo(conversation=target, member_id=member) for member in me_too if member != target.started_by_id],
        ignore_conflicts=True,
    )
    MeToo.objects.filter(conversation=source).delete()
    asked_there = AskedMember.objects.filter(conversation=target).values("member_id")
    AskedMember.objects.filter(conversation=source).exclude(member_id__in=asked_there).update(conversation=target)
    Message.objects.filter(conversation=source, client_key__isnull=False).update(client_key=None)
    Message.objects.filter(conversation=source).update(conversation=target)
