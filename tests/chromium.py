"""A real Chromium for the tests that need one.

The system's own if there is one; else Debian's, when root; else Playwright's own. Where none can be had the test fails
and says how to get one.
"""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from twodesks.people.models import Member

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    # Asked in a process of its own: two of Playwright's event loops do not bear each other.
    where = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    told = subprocess.run([sys.executable, "-c", where], capture_output=True, text=True, check=False)
    return told.returncode == 0 and Path(told.stdout.strip()).exists()


def _try(*command: str) -> None:
    subprocess.run(command, check=False, timeout=INSTALL_S, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def sign_in(context: BrowserContext, member: Member, base: str) -> None:
    """Give the browser the session that signing in would have given it."""
    client = Client()
    client.force_login(member)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base}])


SETTLED = """Promise.allSettled(document.getAnimations()
  .filter(one => one.effect?.getTiming().iterations !== Infinity).map(one => one.finished))"""


def axe_violations(page: Page) -> list[str]:
    """What axe finds on the page once it has come to rest: WCAG 2.2 AA and good practice."""
    # A colour on its way from one theme to the other is neither.
    page.evaluate(f"async () => {{ await new Promise(requestAnimationFrame); await {SETTLED}; }}")
    return [
        f"{found['id']} at {', '.join(str(node['target'][0]) for node in found['nodes'][:3])}"
        for found in Axe().run(page).response["violations"]
    ]


def assert_accessible(page: Page) -> None:
    found = axe_violations(page)
    assert not found, "; ".join(found)
