"""A real Chromium for the tests that need one.

The system's own if there is one; else Debian's, when root; else Playwright's own. Where none can be had the test fails
and says how to get one. Import the fixtures into a `conftest.py`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from twodesks.people.models import Member

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HOW = (
    "No Chromium for the browser tests. Install one (Debian: apt-get install chromium), "
    "or run: playwright install chromium"
)
INSTALL_S = 600


@lru_cache(maxsize=1)
def find_chromium() -> Path | None:
    """The Chromium to use, installed if need be and possible; None where Playwright's own serves."""
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given)
    if found := _on_path():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _try("apt-get", "install", "--yes", "--no-install-recommends", "chromium")
        if found := _on_path():
            return found
    if not _playwrights_own():
        _try(sys.executable, "-m", "playwright", "install", "chromium")
    if not _playwrights_own():
        pytest.fail(HOW, pytrace=False)
    return None


def _on_path() -> Path | None:
    found = next(filter(None, map(shutil.which, SYSTEM_NAMES)), None)
    return Path(found) if found else None


def _playwrights_own() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _try(*command: str) -> None:
    subprocess.run(command, check=False, timeout=INSTALL_S, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def launch_browser() -> Iterator[Callable[..., Browser]]:
    """Launches a Chromium with further arguments, such as a file for its microphone."""
    executable = find_chromium()
    # Playwright's event loop runs in this thread, and Django must not take that for a coroutine of ours.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:

        def launch(*more: str) -> Browser:
            return playwright.chromium.launch(executable_path=executable, args=[*QUIET, *more])

        yield launch
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def chromium(launch_browser: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch_browser()
    yield browser
    browser.close()


@pytest.fixture
def open_as(chromium: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """`open_as(cast.alice, "/design/", theme="dark", width=390)`: a page of the live server, seen by that member.

    The test fails at its end if a page threw an error or was refused something by its Content-Security-Policy.
    """
    base = str(live_server)
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(
        member: Member | None, path: str, *, theme: str = "light", width: int = 1440, height: int = 900
    ) -> Page:
        context = chromium.new_context(
            base_url=base,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        if member is not None:
            sign_in(context, member, base)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: _note_refusal(troubles, message.text))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def _note_refusal(troubles: list[str], text: str) -> None:
    if "Content Security Policy" in text:
        troubles.append(text)


def sign_in(context: BrowserContext, member: Member, base: str) -> None:
    """Give the browser the session that signing in would have given it."""
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


def assert_accessible(page: Page) -> None:
    """No axe violation of WCAG 2.2 AA or of good practice on the page as it is now."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
