"""A real browser for the tests that cross doors."""

from tests.browser import chromium, launch_browser, open_as

__all__ = ["chromium", "launch_browser", "open_as"]
