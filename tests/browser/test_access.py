"""Every page, in both themes and on a phone: no axe violations, nothing wider than the window, nothing refused."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.cast import Cast
from tests.chromium import axe_violations
from tests.workspace import Workspace, ask, furnish
from twodesks.people.models import Member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOTHING = "/nothing/here/"
LOOKS = [("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390)]


def pages(cast: Cast, made: Workspace) -> list[tuple[Member | None, str]]:
    course, insight = f"/courses/{made.course.pk}/", f"/insights/{made.insights[0].pk}/"
    channel = f"/channels/{made.open_channel.slug}/"
    asked, answer = ask(cast, made.open_channel)
    conversation = f"/conversations/{asked.pk}/"
    return [
        (None, "/sign-in/"),
        (None, "/sign-in/link/"),
        (cast.alice, "/"),
        (cast.erin, "/"),
        (cast.alice, "/channels/"),
        (cast.alice, channel),
        (cast.bob, f"{channel}settings/"),
        (cast.alice, "/channels/new/"),
        (cast.alice, "/library/"),
        (cast.alice, "/library/drafts/"),
        (cast.alice, insight),
        (cast.bob, insight),
        (cast.alice, f"/insights/{made.doubted.pk}/"),
        (cast.alice, f"{insight}history/"),
        (cast.alice, "/insights/new/"),
        (cast.alice, f"/insights/{made.draft_id}/edit/"),
        (cast.alice, "/search/?q=lidar"),
        (cast.alice, "/search/?q="),
        (cast.alice, "/recordings/"),
        (cast.alice, "/record/"),
        (cast.alice, "/courses/"),
        (cast.alice, course),
        (cast.erin, course),
        (cast.alice, f"{course}lessons/{made.lessons[2]}/"),
        (cast.alice, f"{course}lessons/{made.quiz.pk}/"),
        (cast.carol, f"{course}studio/"),
        (cast.carol, "/courses/new/"),
        (cast.alice, "/people/"),
        (cast.alice, f"/people/{cast.bob.pk}/"),
        (cast.alice, "/me/"),
        (cast.dave, "/administration/"),
        (cast.dave, "/people/invite/"),
        (cast.alice, "/ask/"),
        (cast.bob, "/ask/?q=The+scan+is+off+after+a+wheel+swap"),
        (cast.alice, conversation),
        (cast.bob, conversation),
        (cast.bob, f"{conversation}capture/"),
        (cast.bob, f"{conversation}arrange/"),
        (cast.bob, f"{conversation}split/"),
        (cast.bob, f"/messages/{answer.pk}/more/"),
        (cast.bob, f"/messages/{answer.pk}/edit/"),
        (cast.alice, f"{channel}?show=conversations"),
        (cast.bob, "/notifications/"),
        (cast.alice, "/me/notifications/"),
        (cast.dave, "/administration/import/"),
        (cast.alice, NOTHING),
    ]


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_every_page_is_accessible_and_fits(people: Cast, open_as: Callable[..., Page], theme: str, width: int) -> None:
    found: list[str] = []
    for member, path in pages(people, furnish(people)):
        page = open_as(member, path, theme=theme, width=width)
        page.wait_for_load_state("load")
        title = page.title()
        if "Nothing here" in title and path != NOTHING:
            found.append(f"{path} as {member}: there is nothing there")
        found += [f"{path} as {member}: {violation}" for violation in axe_violations(page)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{path} as {member}: {wide} px wide")
        page.context.close()
    assert found == [], "\n".join(found)
