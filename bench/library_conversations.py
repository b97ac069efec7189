"""Questions and answers for measuring: written by the bulk, since loading them is not what is measured."""

import random
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from bench.vocabulary import said
from twodesks.channels.models import Channel
from twodesks.conversations.models import Conversation, Message
from twodesks.people.models import Member
from twodesks.routing.operations.weigh_everything import weigh_everything
from twodesks.search.operations.catch_up_conversations import catch_up_conversations

ANSWERS = 2
SENTENCE_WORDS = 14


def fill_conversations(*, conversations: int, channels: Sequence[Channel], people: Sequence[Member]) -> None:
    """Questions with two answers each, half of them accepted, over the last two years; indexed and weighed."""
    chance = random.Random(21)
    now = timezone.now()
    made = Conversation.objects.bulk_create(
        [
            Conversation(
                channel=channels[number % len(channels)],
                title=f"{said(chance, 7)}?",
                started_by=chance.choice(people),
                started_at=now - timedelta(hours=(conversations - number) * 17_500 // conversations),
                message_count=1 + ANSWERS,
                answer_count=ANSWERS,
            )
            for number in range(conversations)
        ],
        batch_size=2_000,
    )
    # A few answer most, as everywhere.
    weights = [1 / (place + 1) for place in range(len(people))]
    messages = [
        Message(
            conversation=conversation,
            author=conversation.started_by if not place else chance.choices(people, weights)[0],
            body=". ".join(said(chance, SENTENCE_WORDS) for _ in range(1 + place)) + ".",
            posted_at=conversation.started_at + timedelta(minutes=place * 11),
        )
        for conversation in made
        for place in range(1 + ANSWERS)
    ]
    posted = Message.objects.bulk_create(messages, batch_size=2_000)
    for number, conversation in enumerate(made):
        if number % 2:
            conversation.accepted_message = posted[number * (1 + ANSWERS) + 1]
            conversation.accepted_at = conversation.started_at + timedelta(hours=1)
    Conversation.objects.bulk_update(made[1::2], ["accepted_message", "accepted_at"], batch_size=2_000)
    catch_up_conversations()
    weigh_everything()
