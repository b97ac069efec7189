"""Conversations: threads in channels, their messages, and what people say to a message without writing one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


class Conversation(models.Model):
    """A thread in a channel; whoever sees the channel sees it.

    `started_by` is None when the asker is hidden from peers: who it is stands in `HiddenAsker` alone, so that no read
    of this table or of `Message` can tell. `message_count`, `answer_count`, `last_message_at` and `me_too_count` are
    kept here so that lists need no counting.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "Question"
        DISCUSSION = "discussion", "Discussion"
        WALKTHROUGH = "walkthrough", "Walkthrough request"

    class Origin(models.TextChoices):
        WRITTEN = "written", "written here"
        SLACK = "slack", "Slack"
        ZULIP = "zulip", "Zulip"
        DISCORD = "discord", "Discord"
        MATTERMOST = "mattermost", "Mattermost"
        STACK_EXCHANGE = "stackexchange", "Stack Exchange"
        CALL = "call", "a call"

    channel = models.ForeignKey("channels.Channel", on_delete=models.PROTECT, related_name="conversations")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.QUESTION)
    origin = models.CharField(max_length=14, choices=Origin.choices, default=Origin.WRITTEN)
    title = models.CharField(max_length=200)
    started_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.PROTECT, related_name="conversations_started"
    )
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    recording = models.ForeignKey(
        "recordings.Recording", null=True, blank=True, on_delete=models.SET_NULL, related_name="conversations",
        help_text="The call that it was said in.",
    )  # fmt: skip
    started_at = models.DateTimeField(default=timezone.now)
    last_message_at = models.DateTimeField(default=timezone.now)
    message_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0, help_text="Messages by others than who asked.")
    me_too_count = models.PositiveIntegerField(default=0)
    accepted_message = models.ForeignKey("Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="None with a time: the hidden asker.",
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged_from"
    )
    merged_at = models.DateTimeField(null=True, blank=True)
    merged_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    split_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="split_off")
    source_id = models.BigIntegerField(null=True, blank=True, help_text="The import it came by.")
    source_key = models.CharField(max_length=200, null=True, blank=True, help_text="Its name there.")
    client_key = models.CharField(
        max_length=40, null=True, blank=True,
        help_text="Made of the key that the page sent and of what it asked, so that asking twice makes one.",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "source_key"], name="conversation_source_once"),
            models.UniqueConstraint(fields=["client_key"], name="conversation_client_key_once"),
        ]
        indexes = [
            models.Index(fields=["channel", "-last_message_at"], name="conversation_by_channel"),
            # Home asks for the newest of many channels at once.
            models.Index(
                fields=["-last_message_at"], name="conversation_newest", condition=models.Q(merged_into=None)
            ),
            models.Index(fields=["started_by", "-started_at"], name="conversation_by_starter"),
            models.Index(
                fields=["channel", "-started_at"], name="conversation_open",
                condition=models.Q(accepted_message=None, merged_into=None, kind="question"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title or f"Conversation {self.pk}"

    def get_absolute_url(self) -> str:
        return f"/conversations/{self.pk}/"

    @property
    def is_asker_hidden(self) -> bool:
        return self.started_by_id is None

    def forget_acceptance(self) -> None:
        """On this row in memory: no answer is the accepted one."""
        self.accepted_message = self.accepted_at = self.accepted_by = None

    @property
    def is_question(self) -> bool:
        return self.kind == self.Kind.QUESTION

    @property
    def is_walkthrough(self) -> bool:
        return self.kind == self.Kind.WALKTHROUGH


class HiddenAsker(models.Model):
    """Who asked anonymously. No other app reads it, and no page but that of `reveal_asker` shows it: it tells who may
    edit, whom an answer is sent to, and where the name goes when conversations are merged or split."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="hidden_asker")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"Hidden asker of {self.conversation_id}"


class AskerReveal(models.Model):
    """That an administrator looked up who asked, and why. Kept for good."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="reveals")
    revealed_to = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    revealed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Reveal of {self.conversation_id}"


class Message(models.Model):
    """One post. `author` None is the hidden asker. A removed one stays as a place, without its words.

    `recording` is a voice note or a recording made in answer.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    body = models.TextField(blank=True)
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    recording = models.ForeignKey(
        "recordings.Recording", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    posted_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey("people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    thanks_count = models.PositiveIntegerField(default=0)
    client_key = models.CharField(
        max_length=40, null=True, blank=True, help_text="Named by the page that sent it, so that a retry adds nothing."
    )
    source_id = models.BigIntegerField(null=True, blank=True, help_text="The import it came by.")
    source_key = models.CharField(max_length=200, null=True, blank=True, help_text="Its name there.")
    source_facts = models.JSONField(default=dict, blank=True, help_text="What came with it: votes, links, reactions.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_id", "source_key"], name="message_source_once"),
            models.UniqueConstraint(fields=["conversation", "client_key"], name="message_client_key_once"),
        ]
        indexes = [
            models.Index(fields=["conversation", "posted_at", "id"], name="message_in_order"),
            models.Index(fields=["author", "-posted_at"], name="message_by_author"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk} in {self.conversation_id}"


class MessageRevision(models.Model):
    """An older wording of a message. `import_run_id`: the import that brought the newer one; None for an edit."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    body = models.TextField(blank=True)
    written_at = models.DateTimeField()
    import_run_id = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Older wording of {self.message_id}"


class MessageAttachment(models.Model):
    """A file or picture with a message; seen by whoever sees the message."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    media_file = models.OneToOneField("media.MediaFile", on_delete=models.PROTECT, related_name="message_attachment")
    added_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Attachment {self.pk} of {self.message_id}"


class Mention(models.Model):
    """That a message names a member who may see it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "member"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.message_id}"


class Reaction(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=64)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "member", "emoji"], name="reaction_once")]

    def __str__(self) -> str:
        return f"{self.emoji} on {self.message_id}"


class MessageThanks(models.Model):
    """Somebody says that a message helped, and how. `giver` None is the hidden asker."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="thanks")
    giver = models.ForeignKey("people.Member", null=True, on_delete=models.CASCADE, related_name="+")
    receiver = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="message_thanks")
    words = models.CharField(max_length=500, blank=True)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "giver"], nulls_distinct=False, name="message_thanks_once")
        ]
        indexes = [models.Index(fields=["receiver", "-given_at"], name="message_thanks_by_receiver")]

    def __str__(self) -> str:
        return f"Thanks for {self.message_id}"


class MeToo(models.Model):
    """Somebody has the same question."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="me_toos")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="me_too_once")]

    def __str__(self) -> str:
        return f"{self.member_id} too in {self.conversation_id}"


class AskedMember(models.Model):
    """That a question was put to somebody in particular; answered by a message of theirs, or passed on."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="asked")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="asked_for")
    asked_at = models.DateTimeField(default=timezone.now)
    opened_to_channel_at = models.DateTimeField(
        null=True, help_text="When the rest of the channel hears of it, unless it is answered before."
    )
    answered_at = models.DateTimeField(null=True)
    passed_on_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="asked_once")]
        indexes = [
            models.Index(
                fields=["member", "-asked_at"], name="asked_waiting",
                condition=models.Q(answered_at=None, passed_on_at=None),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.member_id} asked in {self.conversation_id}"


class ConversationFollowing(models.Model):
    """Somebody hears of what is new in it; `muted_at` says that they do not want to. Never listed to others."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="followings")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="conversation_followings")
    since = models.DateTimeField(default=timezone.now)
    muted_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "member"], name="conversation_following_once")]

    def __str__(self) -> str:
        return f"{self.member_id} follows {self.conversation_id}"
