"""Who has answered what, and how active everybody is in each channel: both made from what other rooms keep."""

from django.db import models


class Answering(models.Model):
    """That a member answered in a conversation, or is credited with the explanation of an insight.

    Made anew by `operations.weigh_answers`, never changed by itself. A member's own question is no answer, and what a
    hidden asker wrote bears no name, so it is nobody's.
    """

    class Kind(models.TextChoices):
        CONVERSATION = "conversation", "conversation"
        INSIGHT = "insight", "insight"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    source_id = models.BigIntegerField()
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, related_name="+")
    counts = models.FloatField(help_text="1 for an answer to a question, less for words in a discussion.")
    is_accepted = models.BooleanField(default=False)
    thanks = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source_id", "member"], name="answering_once")]
        indexes = [models.Index(fields=["member", "channel"], name="answering_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.kind} {self.source_id}"


class Activity(models.Model):
    """What a member's answers in one channel come to, each faded with its age as of `as_of`.

    The sums are those that `language.expertise` reads: `now`, `lately`, `often` by its half-lives, `accepted`, and
    `alike`, `alike_lately` for answers on the channel's subject.
    """

    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey("channels.Channel", on_delete=models.CASCADE, related_name="+")
    as_of = models.DateTimeField()
    now = models.FloatField()
    lately = models.FloatField()
    often = models.FloatField()
    accepted = models.FloatField()
    alike = models.FloatField()
    alike_lately = models.FloatField()
    answers = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "channel"], name="activity_once")]
        indexes = [models.Index(fields=["channel"], name="activity_by_channel")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.channel_id}"
