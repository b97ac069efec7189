"""What the server hands out in pieces plays in a real browser, also at its end."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.cast import Cast
from twodesks.media.models import MediaFile
from twodesks.media.queries import signed_url
from twodesks.media.tests import films
from twodesks.media.views.files import OPEN_ENDED_LIMIT

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
