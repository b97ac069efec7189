"""Which conversations are worth keeping, to whom that was offered, and what became of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class ConversationWorth(models.Model):
    """How likely a conversation holds an explanation worth keeping, as it was when it was last judged.

    `reasons` are for people; `features` is what an answer is learnt from; `preview` is {title, includes: [[icon,
    words]], credited: [member ids]}, of the draft that would be made, so that lists need no drafting.
    """

    conversation = models.OneToOneField("conversations.Conversation", on_delete=models.CASCADE, related_name="worth")
    score = models.FloatField()
    explainer = models.ForeignKey("people.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    reasons = models.JSONField(default=list)
    features = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    judged_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["-score"], name="worth_by_score", condition=models.Q(dismissed_at=None))]

    def __str__(self) -> str:
        return f"Worth {self.score:.2f} of {self.conversation_id}"


class KeepOffer(models.Model):
    """That somebody was asked, once, whether to keep what they explained."""

    class Answer(models.TextChoices):
        KEEP = "keep", "Keep it"
        NO = "no", "Not this one"
        LATER = "later", "Later"

    conversation = models.OneToOneField(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="keep_offer"
    )
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="keep_offers")
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    made_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=5, choices=Answer.choices, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["member", "-made_at"], name="offer_by_member")]

    def __str__(self) -> str:
        return f"Offer of {self.conversation_id} to {self.member_id}"


class ConversationInsight(models.Model):
    """That an insight came from a conversation, or grew by it.

    `blocks`: [{block, message_ids}] of the first draft. `allowed_*`: which steward of a private channel let what was
    said there be read elsewhere. `model`: the language model that helped with the wording. `heard_to`: the newest
    message, by number, when it was captured; what has a higher one came after, however old it is where it came from.
    """

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="captured_insights"
    )
    insight = models.ForeignKey("insights.Insight", on_delete=models.CASCADE, related_name="conversations")
    message_ids = ArrayField(models.BigIntegerField(), default=list)
    blocks = models.JSONField(default=list)
    heard_to = models.BigIntegerField(default=0)
    captured_at = models.DateTimeField(default=timezone.now)
    captured_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(null=True, blank=True)
    allowed_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    model = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "insight"], name="captured_once")]

    def __str__(self) -> str:
        return f"{self.insight_id} from {self.conversation_id}"


class PossibleUpdate(models.Model):
    """A message that came after the capture, and may change what the insight says."""

    class Outcome(models.TextChoices):
        ADDED = "added", "added"
        DISMISSED = "dismissed", "dismissed"

    link = models.ForeignKey(ConversationInsight, on_delete=models.CASCADE, related_name="updates")
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE, related_name="+")
    noticed_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "message"], name="update_noticed_once")]

    def __str__(self) -> str:
        return f"{self.message_id} for {self.link_id}"


class Showing(models.Model):
    """That somebody was shown a conversation instead of having it said again.

    `by` is `ask:` and a member, who found their answer there while asking, or `message:` and one elsewhere that links
    to it. Numbers alone: an undo may take either away, and a showing of nothing is read by nobody.
    """

    conversation_id = models.BigIntegerField()
    by = models.CharField(max_length=40)
    shown_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation_id", "by"], name="shown_once_by_each")]

    def __str__(self) -> str:
        return f"{self.conversation_id} by {self.by}"


class ChannelLeaning(models.Model):
    """What a channel's answers taught the judge: `language.worth.Leaning` as numbers."""

    channel = models.OneToOneField("channels.Channel", on_delete=models.CASCADE, related_name="worth_leaning")
    shifts = models.JSONField(default=dict)
    answers = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"Leaning of {self.channel_id}"


class ImportWalk(models.Model):
    """An import that has ended, and how far the judging of its conversations has got. Gone when it is through."""

    run = models.OneToOneField(
        "imports.ImportRun", primary_key=True, on_delete=models.CASCADE, related_name="worth_walk"
    )
    last_conversation_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Run {self.run_id} up to {self.last_conversation_id}"


class GrownConversation(models.Model):
    """A conversation from before that an import added to: judged again once that has ended.

    Named by its number alone, for an undo may take it away meanwhile.
    """

    conversation_id = models.BigIntegerField(primary_key=True)
    run = models.ForeignKey("imports.ImportRun", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.conversation_id} by run {self.run_id}"
