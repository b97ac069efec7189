"""What the server hands out in pieces plays in a real browser, also at its end."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.media.models import MediaFile
from twodesks.media.queries import signed_url
from twodesks.media.tests import films
from twodesks.media.views.files import OPEN_ENDED_LIMIT
from twodesks.recordings.models import Recording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PLAY_AND_SEEK = """
async (address) => {
  const sound = document.createElement("audio");
  sound.muted = true;
  sound.src = address;
  document.body.append(sound);
  const heard = (name) => new Promise((yes, no) => {
    sound.addEventListener(name, yes, { once: true });
    sound.addEventListener("error", () => no(sound.error.message), { once: true });
  });
  await heard("loadedmetadata");
  sound.currentTime = sound.duration - 3;
  await heard("seeked");
  sound.playbackRate = 4;
  await Promise.all([sound.play(), heard("ended")]);
  return [sound.duration, sound.currentTime];
}
"""


def test_long_recording_plays_to_its_end_though_it_comes_in_pieces(
    cast: Cast, live_server: LiveServer, browser: Browser, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    content = films.wav(100, films.noise)
    assert len(content) > 2 * OPEN_ENDED_LIMIT
    file = MediaFile.objects.create(
        owner_id=cast.bob.pk,
        storage_name=default_storage.save("originals/long.wav", ContentFile(content)),
        filename="long.wav",
        content_type="audio/wav",
        total_bytes=len(content),
    )
    page = browser.new_page()
    parts: list[int] = []
    page.on("response", lambda answer: parts.append(answer.status) if "/media/" in answer.url else None)
    page.goto(f"{live_server.url}/healthz")
    duration, ended = page.evaluate(PLAY_AND_SEEK, signed_url(file))
    assert duration == pytest.approx(100, abs=0.1)
    assert ended == pytest.approx(100, abs=0.1)
    page.close()
    assert set(parts) == {206}


@pytest.fixture
def talk(people: Cast, settings: LazySettings, tmp_path: Path) -> Recording:
    """Twenty seconds that Bob said in an open channel."""
    settings.MEDIA_ROOT = tmp_path / "media"
    content = films.wav(20)
    file = MediaFile.objects.create(
        owner_id=people.bob.pk,
        storage_name=default_storage.save("originals/talk.wav", ContentFile(content)),
        filename="talk.wav",
        content_type="audio/wav",
        total_bytes=len(content),
        has_video=False,
    )
    return Recording.objects.create(
        owner=people.bob,
        channel=create_channel(actor=acting(people.bob), name="field"),
        kind="voice",
        title="Torque",
        media_file=file,
        duration_ms=20_000,
        ended_at=timezone.now(),
    )


def test_page_that_was_open_for_longer_than_its_addresses_live_plays_on(
    people: Cast, talk: Recording, open_as: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as long_ago:
        long_ago.setattr("twodesks.media.queries.ADDRESS_LIVES_S", -2 * 3600)
        page = open_as(people.bob, f"/recordings/{talk.pk}/#t=7")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The sound did not come. Your place is kept.")
    page.context.set_offline(True)
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("The server did not answer. Your place is kept.")
    page.context.set_offline(False)
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(page.locator("td-player .stamp")).to_have_text(re.compile(r"0:(08|09|1\d) / 0:20"))


def test_clip_on_a_page_that_was_open_for_long_plays_by_itself(
    people: Cast, talk: Recording, open_as: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    bob = acting(people.bob)
    body = f"Listen.\n\n![clip: Torque](recording:{talk.pk}#t=5,15)"
    draft = start_insight(actor=bob, title="Torque it", body=body)
    kept = publish_insight(
        actor=bob, insight_id=draft.insight_id, title="Torque it", body=body, channel_id=talk.channel_id
    )
    with monkeypatch.context() as long_ago:
        long_ago.setattr("twodesks.media.queries.ADDRESS_LIVES_S", -2 * 3600)
        page = open_as(people.bob, "/library/")
        page.clock.install()
        with page.expect_response("**/recordings/*/media*"):
            page.goto(kept.get_absolute_url())
            page.locator("td-clip").scroll_into_view_if_needed()
    page.clock.fast_forward("13:00:00")
    page.locator("td-clip a").first.click()
    expect(page.locator("td-clip .stamp")).to_have_text(re.compile(r"0:0[1-9] / 0:10"))
    expect(page.locator("td-clip").get_by_role("alert")).to_have_count(0)
