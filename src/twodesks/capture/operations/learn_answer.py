"""Learn from one yes or no: the judge leans a little, in this channel alone."""

from django.db import transaction

from twodesks.capture.models import ChannelLeaning, ConversationWorth
from twodesks.conversations.queries import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.language.worth import Leaning, learn


@operation("capture.learn_answer")
def learn_answer(*, actor: Actor, conversation_id: int, keep: bool) -> None:
    """Nothing is learnt from a conversation that was never judged. Raises `NotFound`."""
    conversation = get_conversation(actor, conversation_id)
    worth = ConversationWorth.objects.filter(conversation=conversation).first()
    if worth is None or not worth.features:
        return
    with transaction.atomic():
        ChannelLeaning.objects.get_or_create(channel_id=conversation.channel_id)
        row = ChannelLeaning.objects.select_for_update().get(channel_id=conversation.channel_id)
        leaning = learn(Leaning(shifts=row.shifts, answers=row.answers), worth.features, keep=keep)
        row.shifts, row.answers = dict(leaning.shifts), leaning.answers
        row.save(update_fields=["shifts", "answers"])
