"""Files by signed address."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from tests.cast import Cast
from twodesks.media.engine.ranges import ByteRange, Unsatisfiable, parse_range
from twodesks.media.models import MediaFile, Rendition
from twodesks.media.queries import signed_url

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def kept(cast: Cast, settings: LazySettings, tmp_path: Path) -> MediaFile:
    settings.MEDIA_ROOT = tmp_path / "media"
    return keep(cast, "talk.webm", "video/webm")


def keep(cast: Cast, filename: str, content_type: str, content: bytes = CONTENT) -> MediaFile:
    name = default_storage.save(f"originals/{filename}", ContentFile(content))
    return MediaFile.objects.create(
        owner_id=cast.bob.pk,
        storage_name=name,
        filename=filename,
        content_type=content_type,
        total_bytes=len(content),
    )


def fetch(address: str, **headers: str) -> Any:
    """The answer, read to its end, which closes it; `whole` is what came."""
    answer: Any = Client().get(address, headers=headers)
    answer.whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def test_address_gives_the_file(kept: MediaFile) -> None:
    answer = fetch(signed_url(kept))
    assert answer.status_code == 200
    assert answer.whole == CONTENT
    assert answer["Content-Type"] == "video/webm"
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 10239),
        ("bytes=-5", 10235, 10239),
        ("bytes=10000-99999", 10000, 10239),
    ],
)
def test_part_of_a_file_is_given(kept: MediaFile, asked: str, start: int, end: int) -> None:
    answer = fetch(signed_url(kept), Range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end}/10240"
    assert answer["Content-Length"] == str(end - start + 1)
    assert answer.whole == CONTENT[start : end + 1]


def test_part_beyond_the_end_is_refused(kept: MediaFile) -> None:
    answer = fetch(signed_url(kept), Range="bytes=10240-")
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */10240"


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_ranges_that_make_no_sense_give_the_whole(kept: MediaFile, asked: str) -> None:
    assert fetch(signed_url(kept), Range=asked).status_code == 200


def test_range_of_another_version_gives_the_whole(kept: MediaFile) -> None:
    tag = fetch(signed_url(kept))["ETag"]
    assert fetch(signed_url(kept), Range="bytes=0-9", **{"If-Range": tag}).status_code == 206
    assert fetch(signed_url(kept), Range="bytes=0-9", **{"If-Range": '"other"'}).status_code == 200
    assert fetch(signed_url(kept), **{"If-None-Match": tag}).status_code == 304


def test_open_ended_range_of_a_long_file_is_given_in_pieces() -> None:
    assert parse_range("bytes=0-", 100, open_ended_limit=10) == ByteRange(0, 9)
    assert parse_range("bytes=95-", 100, open_ended_limit=10) == ByteRange(95, 99)
    with pytest.raises(Unsatisfiable):
        parse_range("bytes=-0", 100)


def test_head_tells_without_giving(kept: MediaFile) -> None:
    answer = Client().head(signed_url(kept))
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(len(CONTENT))


def test_address_runs_out(kept: MediaFile, monkeypatch: pytest.MonkeyPatch) -> None:
    address = signed_url(kept)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 11 * 3600)
    assert fetch(address).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now + 14 * 3600)
    answer = fetch(address, Accept="application/json")
    assert answer.status_code == 404
    assert "run out" in answer.json()["detail"]


def test_address_is_bound_to_its_file(kept: MediaFile, cast: Cast) -> None:
    other = keep(cast, "other.webm", "video/webm", b"other")
    mine, theirs = signed_url(kept), signed_url(other)
    assert mine.split("/")[2] != theirs.split("/")[2]
    token = mine.split("/")[2]
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for forged in ("x", changed, token + "A", theirs.split("/")[2][:-1]):
        assert fetch(f"/media/{forged}/talk.webm").status_code == 404


def test_address_stays_the_same_for_a_while(kept: MediaFile) -> None:
    assert signed_url(kept) == signed_url(kept)


@pytest.mark.parametrize(
    ("filename", "content_type"),
    [
        ("page.html", "text/html"),
        ("drawing.svg", "image/svg+xml"),
        ("paper.pdf", "application/pdf"),
        ("feed.xml", "application/xml"),
        ("script.js", "text/javascript"),
        ("unknown", ""),
    ],
)
def test_nothing_that_a_browser_could_execute_is_shown_in_place(
    kept: MediaFile, cast: Cast, filename: str, content_type: str
) -> None:
    answer = fetch(signed_url(keep(cast, filename, content_type, b"<script>alert(1)</script>")))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_name_of_any_script_can_be_saved(kept: MediaFile, cast: Cast) -> None:
    answer = fetch(signed_url(keep(cast, 'שלום "🤖".webm', "video/webm")) + "?download")
    assert answer["Content-Disposition"].startswith('attachment; filename=" .webm"')
    assert "filename*=UTF-8''%D7%A9" in answer["Content-Disposition"]


def test_renditions_have_addresses_too(kept: MediaFile) -> None:
    name = default_storage.save("renditions/poster.jpg", ContentFile(b"\xff\xd8"))
    poster = Rendition.objects.create(
        media_file=kept, kind="poster", storage_name=name, content_type="image/jpeg", total_bytes=2
    )
    answer = fetch(signed_url(poster))
    assert answer.whole == b"\xff\xd8"
    assert answer["Content-Type"] == "image/jpeg"


def test_lost_file_is_said(kept: MediaFile) -> None:
    default_storage.delete(kept.storage_name)
    answer = fetch(signed_url(kept), Accept="application/json")
    assert answer.status_code == 404
    assert "missing from the server" in answer.json()["detail"]
