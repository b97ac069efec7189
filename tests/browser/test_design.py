"""The living page of parts in a real browser: accessible in both themes, whole on a phone, run by keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests.cast import Cast
from tests.chromium import assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture(autouse=True)
def design_page(settings: Settings) -> None:
    settings.DESIGN_PAGE = True


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_design_page_is_accessible_and_fits(cast: Cast, open_as: Open, theme: str, width: int) -> None:
    page = open_as(cast.dave, "/design/", theme=theme, width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text("Components and states")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_palette_is_accessible_and_runs_by_keyboard(cast: Cast, open_as: Open, theme: str) -> None:
    page = open_as(cast.alice, "/design/", theme=theme)
    expect(page.locator("td-palette:defined")).to_be_attached()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search or run a command")
    expect(palette).to_be_visible()
    expect(page.get_by_role("combobox", name="Search or run a command")).to_be_focused()
    assert_accessible(page)
    page.keyboard.type(">people")
    expect(palette.get_by_role("option", selected=True)).to_have_text("Go to People")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.keyboard.press("/")
    expect(palette).to_be_visible()
    page.keyboard.type(">dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_account_menu_and_dialog_by_keyboard(cast: Cast, open_as: Open) -> None:
    page = open_as(cast.dave, "/design/")
    page.get_by_role("button", name="You: Dave Administrator").press("Enter")
    account = page.get_by_role("group", name="You")
    expect(account).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    opener = page.get_by_role("button", name="Decline")
    opener.press("Enter")
    dialog = page.get_by_role("dialog", name="Decline Priya’s suggestion?")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_more_sheet_on_a_phone(cast: Cast, open_as: Open) -> None:
    page = open_as(cast.dave, "/design/", width=390, height=844)
    page.get_by_role("button", name="More", exact=True).filter(visible=True).last.press("Enter")
    sheet = page.get_by_role("dialog", name="More places")
    expect(sheet.get_by_role("link", name="Channels")).to_be_visible()
    expect(sheet.get_by_role("link", name="Administration")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_places_of_administrators_are_not_shown_to_others(cast: Cast, open_as: Open) -> None:
    page = open_as(cast.alice, "/design/")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Admin")).to_have_count(0)
