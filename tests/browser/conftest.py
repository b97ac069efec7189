"""A real Chromium with a microphone that speaks, in front of the whole application with its worker."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.browser.desk import Desk
from tests.cast import PASSWORD, Cast, assemble_cast
from tests.chromium import find_chromium, sign_in
from twodesks.kit.actor import Door, system
from twodesks.people.models import Member
from twodesks.people.operations.found_organisation import found_organisation

QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
# Playwright's synchronous interface runs an event loop in this thread, which Django would take for an async view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def spoken_wav() -> Path:
    """Real speech: the first minute of A Tale of Two Cities, from the wheel moonshine-voice."""
    spec = find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        pytest.fail("The wheel moonshine-voice brings the speech for these tests: uv sync installs it.")
    return Path(spec.origin).parent / "assets" / "two_cities.wav"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    found = find_chromium()
    own = {"executable_path": found} if found else {}
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        "--auto-select-desktop-capture-source=Entire screen",
        f"--use-file-for-fake-audio-capture={spoken_wav()}",
    ]
    return browser_type_launch_args | own | {"args": ["--no-sandbox", *QUIET, *fake]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object]) -> dict[str, object]:
    return browser_context_args | {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}}


@pytest.fixture(autouse=True)
def built_front_end() -> None:
    if not Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).is_file():
        pytest.fail("The front end is not built: cd frontend && npm ci && npm run build")


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, in an organisation that somebody founded."""
    found_organisation(
        actor=system(Door.TEST),
        organisation_name="Ridgeway",
        name="Fay Founder",
        email="fay@example.org",
        password=PASSWORD,
    )
    return assemble_cast()


@pytest.fixture
def worker(people: Cast) -> Iterator[None]:
    """What works on recordings behind the pages, in a process of its own as in real life."""
    database = connections["default"].settings_dict
    address = "postgresql:///{NAME}?host={HOST}&port={PORT}&user={USER}&password={PASSWORD}".format(**database)
    environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "twodesks.project.settings"}
    command = [sys.executable, "-m", "twodesks", "worker"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    yield
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture
def open_desk(browser: Browser, live_server: LiveServer, people: Cast) -> Iterator[Callable[..., Desk]]:
    """`open_desk(member)` is a window of its own in which that member is signed in."""
    opened: list[BrowserContext] = []

    def open_for(member: Member, **context_args: object) -> Desk:
        arguments: dict[str, object] = {"locale": "en-GB", "viewport": {"width": 1440, "height": 900}} | context_args
        context = browser.new_context(base_url=live_server.url, **arguments)  # type: ignore[arg-type]
        opened.append(context)
        page: Page = context.new_page()
        page.set_default_timeout(12_000)
        desk = Desk(page, member)
        desk.sign_in()
        return desk

    yield open_for
    for context in opened:
        context.close()


def refusals(said: str) -> list[str]:
    """What the console says about something that the Content-Security-Policy refused."""
    return [said] if "Content Security Policy" in said else []


@pytest.fixture
def open_as(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """`open_as(cast.alice, "/design/", theme="dark", width=390)`: a page as that member sees it.

    The test fails at its end if a page threw an error or was refused something by its Content-Security-Policy.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(
        member: Member | None, path: str, *, theme: str = "light", width: int = 1440, height: int = 900
    ) -> Page:
        scheme: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
        )
        contexts.append(context)
        if member is not None:
            sign_in(context, member, live_server.url)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.extend(refusals(said.text)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
