"""Put a sign on a message, or take it off again."""

from django.db import transaction

from twodesks.activity.live import publish
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_emoji
from twodesks.conversations.models import Reaction
from twodesks.conversations.queries.finding import get_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid

MOST_KINDS = 20
SIGNS = ("👍", "❤️", "🎉", "😄", "🙏", "👀", "🤔", "✅")
"""What pages offer; any other may be given too."""


@operation("conversations.react")
def react(*, actor: Actor, message_id: int, emoji: str, on: bool = True) -> None:
    """Not a statement: signs are for reading along, and count as help for nobody.

    The hidden asker cannot: a sign bears a name.
    """
    member = actor.require_member()
    message = get_message(actor, message_id)
    policies.may_post(actor, message.conversation).require()
    if policies.speaks_hidden(actor, message.conversation):
        raise Invalid("A sign shows your name, and you asked this without it. Write a reply instead.")
    emoji = clean_emoji(emoji)
    with transaction.atomic():
        if on:
            kinds = Reaction.objects.filter(message=message).values_list("emoji", flat=True).distinct()
            if len(kinds) >= MOST_KINDS and emoji not in kinds:
                raise Invalid(f"There are {MOST_KINDS} different signs here already. Choose one of them.")
            Reaction.objects.get_or_create(message=message, member_id=member, emoji=emoji)
        else:
            Reaction.objects.filter(message=message, member_id=member, emoji=emoji).delete()
        publish(f"conversation:{message.conversation_id}", "edited", id=message.pk)
