"""An export is chosen on the administrator's page, sent in pieces, and looked at."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.cast import Cast
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.tests.doing import SERVER
from twodesks.imports.tests.exports import THREAD, as_zip, slack_files


def test_an_export_is_sent_and_looked_at(people: Cast, open_as: Callable[..., Page], tmp_path: Path) -> None:
    page = open_as(people.dave, "/administration/import/")
    export = as_zip(slack_files({"general/2024-05-01.json": THREAD}), tmp_path / "export.zip")
    page.locator("input[type=file]").set_input_files(export)
    page.get_by_role("button", name="Look at it").click()
    expect(page).to_have_url(re.compile(r"/administration/import/\d+/$"))
    expect(page.get_by_text("Being looked at.")).to_be_visible()
    look_at_import(actor=SERVER, run_id=ImportRun.objects.get().pk)
    page.reload()
    expect(page.get_by_role("button", name="Bring it in")).to_be_visible()
    expect(page.locator(".sums")).to_contain_text("1 thread")
