"""The bell in a browser: it opens in place, tells what is new while the page is open, and works by keyboard."""

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast, acting
from tests.chromium import axe_violations
from tests.workspace import furnish
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.notifications.tests.rooms import News, ask, say

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]


def busy(cast: Cast) -> None:
    """Something of every sort for Bob."""
    made = furnish(cast)
    question = ask(cast.alice, made.open_channel, of=cast.bob)
    say(cast.carol, question, "Flat, says @Bob Explainer")
    other = ask(cast.erin, made.open_channel, anonymous=True)
    answer = say(cast.bob, other)
    say(cast.carol, other, "And clean.")
    thank_for_message(actor=acting(cast.erin), message_id=answer.pk, words="It saved me a second trip to Tilbury.")
    give_thanks(actor=acting(cast.carol), insight_id=made.insights[1].pk, receiver_id=cast.bob.pk)
    News().travels()


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_the_bell_its_page_and_its_choices_are_accessible(
    people: Cast, open_as: Callable[..., Page], theme: str, width: int
) -> None:
    busy(people)
    found: list[str] = []
    for path in ("/", "/notifications/", "/me/notifications/"):
        page = open_as(people.bob, path, theme=theme, width=width)
        page.wait_for_load_state("load")
        if path == "/":
            page.locator("[data-bell]").click()
            expect(page.locator("#notices .no").first).to_be_visible()
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/notices{path.replace('/', '-')}{theme}-{width}.png")
        found += [f"{path}: {one}" for one in axe_violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path}: {wide} px wide")
        page.context.close()
    assert found == [], "\n".join(found)


def test_the_panel_opens_and_closes_by_keyboard_and_marks_all_read(people: Cast, open_as: Callable[..., Page]) -> None:
    busy(people)
    page = open_as(people.bob, "/")
    bell = page.locator("[data-bell]")
    expect(bell).to_have_accessible_name("Notifications, 6 new")
    bell.focus()
    page.keyboard.press("Enter")
    panel = page.locator("#notices")
    expect(panel.get_by_role("heading", name="Somebody waits for you")).to_be_visible()
    expect(panel.get_by_role("heading", name="Because of you")).to_be_visible()
    expect(panel.locator(".dotn")).to_have_count(8)
    panel.get_by_role("button", name="All read").press("Enter")
    expect(panel.locator(".dotn")).to_have_count(0)
    expect(bell).to_have_accessible_name("Notifications")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_what_is_told_shows_while_the_page_is_open(people: Cast, open_as: Callable[..., Page]) -> None:
    made = furnish(people)
    news = News()
    news.travels()
    page = open_as(people.bob, "/")
    expect(page.locator("[data-bell]")).to_have_accessible_name("Notifications, 3 new")
    page.wait_for_function("customElements.get('td-notices') !== undefined")
    ask(people.alice, made.open_channel, of=people.bob)
    news.travels()
    page.evaluate(
        "document.querySelector('td-notices').dispatchEvent(new CustomEvent('live', {detail: {kind: 'notice'}}))"
    )
    expect(page.locator("[data-bell]")).to_have_accessible_name("Notifications, 4 new")
    expect(page.locator("#waiting-rail")).to_contain_text("1")


def test_a_page_that_shows_it_counts_as_having_looked(people: Cast, open_as: Callable[..., Page]) -> None:
    made = furnish(people)
    give_thanks(actor=acting(people.erin), insight_id=made.insights[0].pk, receiver_id=people.bob.pk)
    News().travels()
    page = open_as(people.bob, f"/insights/{made.insights[0].pk}/")
    # That another of his did not work, and what Carol kept, is still news.
    expect(page.locator("[data-bell]")).to_have_accessible_name("Notifications, 2 new")
