"""The course studio in a real browser: lessons moved by keyboard, as quickly as somebody likes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.courses.models import Course, Lesson
from twodesks.courses.operations.create_course import create_course
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]
SLOW = """
async () => {
  const send = window.fetch;
  window.fetch = async (...wish) => {
    await new Promise((go) => setTimeout(go, 1500));
    return send(...wish);
  };
}
"""


@pytest.fixture
def course(people: Cast) -> Course:
    bob = acting(people.bob)
    channel = create_channel(actor=bob, name="field")
    insights = []
    for title in ("Alpha", "Bravo", "Charlie"):
        draft = start_insight(actor=bob, title=title, body=f"{title} first.")
        insights.append(
            publish_insight(
                actor=bob, insight_id=draft.insight_id, title=title, body=f"{title} first.", channel_id=channel.pk
            ).pk
        )
    return create_course(actor=bob, title="First days", outcome="know three things", insight_ids=insights)


def titles(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", found) for found in page.locator("[data-lesson] b").all_inner_texts()]


def move(page: Page, title: str, key: str) -> None:
    page.locator("[data-lesson]").filter(has_text=title).locator("[data-grip]").focus()
    for pressed in ("m", key, "Enter"):
        page.keyboard.press(pressed)


def test_quick_moves_are_saved_one_after_another(course: Course, people: Cast, open_as: Open) -> None:
    page = open_as(people.bob, f"/courses/{course.pk}/studio/")
    expect(page.locator("td-course-studio.is-arranging")).to_be_attached()
    assert titles(page) == ["Alpha", "Bravo", "Charlie"]
    page.evaluate(SLOW)
    move(page, "Alpha", "ArrowDown")
    move(page, "Alpha", "ArrowDown")
    move(page, "Bravo", "ArrowDown")
    assert titles(page) == ["Charlie", "Bravo", "Alpha"]
    expect(page.locator("[data-saved]")).to_have_text("Saved just now", timeout=10_000)
    expect(page.locator("#trouble")).to_be_hidden()
    kept = Lesson.objects.filter(section__course=course).order_by("position").values_list("title", flat=True)
    assert list(kept) == ["Charlie", "Bravo", "Alpha"]


def test_order_that_somebody_else_changed_meanwhile_is_told(course: Course, people: Cast, open_as: Open) -> None:
    page = open_as(people.bob, f"/courses/{course.pk}/studio/")
    expect(page.locator("td-course-studio.is-arranging")).to_be_attached()
    Course.objects.filter(pk=course.pk).update(version=course.version + 5)
    move(page, "Alpha", "ArrowDown")
    expect(page.locator("#trouble")).to_contain_text("Somebody else has just arranged this course")
    assert titles(page) == ["Alpha", "Bravo", "Charlie"]
