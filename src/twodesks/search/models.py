"""The index: passages of everything that can be found, and their vectors."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.utils import timezone
from pgvector.django import HalfVectorField

# The text search configuration that migration 0001 makes: English and Russian endings, all other words as they are.
CONFIGURATION = "twodesks_words"
DIMENSION = 384


class Passage(models.Model):
    """A stretch of something that can be found: a paragraph, half a minute of speech, a title.

    `audience` of a passage is `is_shared` with `channel_id` (None: every member), and `owner_id`. It only narrows the
    candidates; who sees a source is decided by the app that owns it, each time, in `queries`. `recording_id` and
    `within_insight_id` name what must be visible besides the source.
    """

    class Kind(models.TextChoices):
        INSIGHT = "insight", "Insight"
        RECORDING = "recording", "Recording"
        COURSE = "course", "Course"
        CONVERSATION = "conversation", "Conversation"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    source_id = models.BigIntegerField()
    source_key = models.CharField(max_length=200)
    part_id = models.BigIntegerField(null=True)
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    place = models.CharField(max_length=20, blank=True, help_text="Where in the source, as people read it.")
    text = models.TextField()
    words = models.TextField(help_text="Title, context and text, folded, as `engine.words` does it.")
    lexemes = models.GeneratedField(
        expression=SearchVector("words", config=CONFIGURATION),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    context = models.TextField(blank=True, help_text="Read with the text but not shown: its heading, topics.")
    title_folded = models.CharField(
        max_length=400, null=True, help_text="On the first passage of a source alone: what misspelt titles are held to."
    )
    digest = models.CharField(max_length=32)
    start_ms = models.BigIntegerField(null=True)
    end_ms = models.BigIntegerField(null=True)
    marks = models.JSONField(default=list, help_text="[[offset in the text, start_ms]] of each cue.")
    is_shared = models.BooleanField()
    channel_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    recording_id = models.BigIntegerField(null=True)
    within_insight_id = models.BigIntegerField(null=True)
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "source_id"], name="passage_by_source"),
            models.Index(fields=["channel_id"], name="passage_by_channel"),
            models.Index(fields=["owner_id"], name="passage_by_owner"),
            GinIndex(
                OpClass("title_folded", name="gin_trgm_ops"),
                name="passage_by_title",
                condition=models.Q(title_folded__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} {self.place}"


class EmbeddingModel(models.Model):
    """A model that passages are embedded with. At most one is active: questions are embedded with that one.

    A new model is filled behind the scenes and activated when every passage has its vector; then the old one retires
    and its vectors go.
    """

    name = models.CharField(max_length=500, help_text="What `language.embedding.load_embedder` takes.")
    identifier = models.CharField(max_length=200, help_text="Which weights made its vectors.")
    dimension = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identifier"], condition=models.Q(retired_at=None), name="embedding_model_once"
            ),
        ]

    def __str__(self) -> str:
        return self.identifier

    @property
    def index_name(self) -> str:
        return f"search_vector_hnsw_{self.pk}"


class PassageVector(models.Model):
    """A passage's place in the space of one model; without `vector` it waits to be embedded.

    Each model has its own HNSW index over its rows, made by `operations.choose_model`.
    """

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    model = models.ForeignKey(EmbeddingModel, on_delete=models.CASCADE, related_name="vectors", db_index=False)
    vector = HalfVectorField(dimensions=DIMENSION, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["passage", "model"], name="passage_vector_once")]
        indexes = [models.Index(fields=["model", "id"], name="passage_vector_waiting", condition=models.Q(vector=None))]

    def __str__(self) -> str:
        return f"Vector of {self.passage_id} by {self.model_id}"
