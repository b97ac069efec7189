"""Short courses: sections, lessons that pin a revision of an insight, quizzes, and learners' runs through them."""

from django.db import models
from django.utils import timezone


class Course(models.Model):
    """Unpublished it is its makers' alone; published, whoever sees its channel sees it (no channel: every member).

    A lesson shows its insight only to those who see that insight.
    """

    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, blank=True)
    outcome = models.TextField(blank=True, help_text="What you will be able to do, as Markdown list or sentence.")
    audience = models.CharField(max_length=200, blank=True)
    channel = models.ForeignKey(
        "channels.Channel", null=True, blank=True, on_delete=models.PROTECT, related_name="courses"
    )
    created_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="courses_made")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(
        default=1, help_text="Counts the changes of its outline, so that two curators notice each other."
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "people.Member", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["-published_at"], name="course_by_age")]

    def __str__(self) -> str:
        return self.title


class Section(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="sections")
    title = models.CharField(max_length=120)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """Pins one insight at one revision, or holds a quiz."""

    class Kind(models.TextChoices):
        INSIGHT = "insight", "Insight"
        QUIZ = "quiz", "Quiz"

    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="lessons")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    insight = models.ForeignKey(
        "insights.Insight", null=True, blank=True, on_delete=models.PROTECT, related_name="lessons"
    )
    revision = models.ForeignKey(
        "insights.InsightRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    estimated_minutes = models.PositiveIntegerField(default=1)
    added_by = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="quiz", insight=None, revision=None)
                | models.Q(kind="insight", insight__isnull=False, revision__isnull=False),
                name="lesson_pins_or_asks",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    class Kind(models.TextChoices):
        SINGLE = "single", "One is right"
        SEVERAL = "several", "Several are right"

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    prompt = models.TextField()
    explanation = models.TextField(blank=True)
    insight = models.ForeignKey("insights.Insight", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.prompt[:80]


class Option(models.Model):
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="options")
    text = models.CharField(max_length=300)
    is_right = models.BooleanField(default=False)
    feedback = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text


class Enrolment(models.Model):
    """A learner's run through a course. `current_lesson` is where they left."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    member = models.ForeignKey("people.Member", on_delete=models.CASCADE, related_name="enrolments")
    current_lesson = models.ForeignKey(Lesson, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    enrolled_at = models.DateTimeField(default=timezone.now)
    active_at = models.DateTimeField(default=timezone.now)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "member"], name="enrolment_once")]
        indexes = [models.Index(fields=["member", "-active_at"], name="enrolment_by_member")]

    def __str__(self) -> str:
        return f"{self.member_id} takes {self.course_id}"


class LessonProgress(models.Model):
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    revision = models.ForeignKey("insights.InsightRevision", null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lesson"], name="lesson_progress_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} at {self.lesson_id}"


class Attempt(models.Model):
    """One try at a quiz. `answers`: {question id: [option ids]}; `right`: how many questions were right."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attempts")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="attempts")
    answers = models.JSONField(default=dict)
    right = models.PositiveIntegerField()
    asked = models.PositiveIntegerField()
    passed = models.BooleanField()
    tried_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.right} of {self.asked}"
