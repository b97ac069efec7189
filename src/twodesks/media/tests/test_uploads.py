"""Uploads through the tus door, as a browser makes them."""

import base64
import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client

from tests.cast import Cast
from twodesks.kit.actor import system
from twodesks.kit.problem import NotFound
from twodesks.media.models import Upload
from twodesks.media.operations.keep_upload import keep_upload
from twodesks.media.queries import staging_path, upload_on_disk

PIECE = "application/offset+octet-stream"


@pytest.fixture
def bob(cast: Cast, settings: LazySettings, tmp_path: Path) -> Client:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    return signed_in(cast.bob)


def signed_in(member: Any) -> Client:
    client = Client(headers={"Tus-Resumable": "1.0.0"})
    client.force_login(member)
    return client


def described(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def create(client: Client, **headers: str) -> Any:
    return client.post("/media/uploads/", headers=headers)


def begin(client: Client, length: int | None = None, **values: str) -> str:
    size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    answer = create(client, **size, **{"Upload-Metadata": described(**values)})
    assert answer.status_code == 201, answer.content
    return str(answer["Location"])


def send(client: Client, address: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(address, data, content_type=PIECE, headers={"Upload-Offset": str(offset), **headers})


def offset_of(client: Client, address: str) -> int:
    return int(client.head(address)["Upload-Offset"])


def on_disk(address: str) -> bytes:
    return staging_path(UUID(address.rpartition("/")[2])).read_bytes()


def test_server_says_what_it_speaks(bob: Client) -> None:
    answer = bob.options("/media/uploads/")
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert "creation-defer-length" in answer["Tus-Extension"]
    assert int(answer["Tus-Max-Size"]) == 4 * 1024**3


def test_another_version_is_refused(bob: Client) -> None:
    answer = create(bob, **{"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert answer.status_code == 412
    assert answer["Tus-Version"] == "1.0.0"


def test_pieces_arrive_in_order_and_make_the_file(bob: Client) -> None:
    address = begin(bob, 10, filename="talk.webm", filetype="video/webm")
    assert send(bob, address, 0, b"hello")["Upload-Offset"] == "5"
    last = send(bob, address, 5, b"world")
    assert last.status_code == 204
    assert last["Upload-Offset"] == "10"
    assert on_disk(address) == b"helloworld"
    upload = Upload.objects.get()
    assert upload.finished_at is not None
    assert (upload.filename, upload.content_type) == ("talk.webm", "video/webm")


def test_who_reads_an_upload_keeps_it_while_it_becomes_a_file(
    bob: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    address = begin(bob, 10, filename="talk.webm", filetype="video/webm")
    send(bob, address, 0, b"hello")
    upload_id = UUID(address.rpartition("/")[2])
    with upload_on_disk(upload_id) as path:
        assert path.read_bytes() == b"hello"
        send(bob, address, 5, b"world")
        keep_upload(actor=system(), upload_id=upload_id)
        assert path.read_bytes() == b"helloworld"
    with upload_on_disk(upload_id) as path:
        assert path.read_bytes() == b"helloworld"
    assert not path.is_relative_to(settings.UPLOADS_ROOT)
    path.unlink()
    assert list((tmp_path / "uploads" / "scratch").iterdir()) == []


def test_bytes_that_are_nowhere_are_said_to_be_gone(bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twodesks.media.queries._LOOK_AGAIN_S", 0)
    address = begin(bob, 10, filename="talk.webm", filetype="video/webm")
    with pytest.raises(NotFound, match="gone"), upload_on_disk(UUID(address.rpartition("/")[2])):
        pytest.fail("There is nothing to read")


def test_upload_goes_on_where_it_stopped(bob: Client, cast: Cast) -> None:
    address = begin(bob)
    send(bob, address, 0, b"before the network went")
    reopened = signed_in(cast.bob)
    told = reopened.head(address)
    assert told.status_code == 200
    assert told["Upload-Defer-Length"] == "1"
    assert told["Cache-Control"] == "no-store"
    offset = int(told["Upload-Offset"])
    assert offset == 23
    send(reopened, address, offset, b", and after")
    assert on_disk(address) == b"before the network went, and after"


def test_first_piece_may_come_with_the_creation(bob: Client) -> None:
    answer = bob.post(
        "/media/uploads/", b"first", content_type=PIECE, headers={"Upload-Defer-Length": "1", "Upload-Metadata": ""}
    )
    assert answer.status_code == 201
    assert answer["Upload-Offset"] == "5"
    assert on_disk(answer["Location"]) == b"first"


def test_length_may_come_with_the_last_piece(bob: Client) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    answer = send(bob, address, 3, b"def", **{"Upload-Length": "6"})
    assert answer["Upload-Length"] == "6"
    assert Upload.objects.get().finished_at is not None
    again = send(bob, address, 6, b"more")
    assert again.status_code == 409


def test_piece_at_a_wrong_offset_is_refused_with_the_true_one(bob: Client) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    for wrong in (0, 2, 4, 4000):
        answer = send(bob, address, wrong, b"xyz")
        assert answer.status_code == 409
        assert answer["Upload-Offset"] == "3"
        assert answer["Tus-Resumable"] == "1.0.0"
        assert answer.json()["offset"] == 3
    assert on_disk(address) == b"abc"


@pytest.mark.parametrize("method", ["head", "patch", "delete"])
def test_somebody_elses_upload_is_not_there(bob: Client, cast: Cast, method: str) -> None:
    address = begin(bob)
    send(bob, address, 0, b"mine")
    for stranger in (cast.alice, cast.dave):
        client = signed_in(stranger)
        answer = send(client, address, 4, b"theirs") if method == "patch" else getattr(client, method)(address)
        assert answer.status_code == 404
    assert on_disk(address) == b"mine"


def test_guest_is_asked_to_sign_in_and_told_that_nothing_is_lost(bob: Client) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    bob.logout()
    answer = send(bob, address, 3, b"def")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert "safe" in answer.json()["detail"]


def test_forged_request_is_refused(cast: Cast, bob: Client) -> None:
    careful = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    careful.force_login(cast.bob)
    assert create(careful, **{"Upload-Defer-Length": "1"}).status_code == 403


def test_four_gigabytes_and_one_are_refused_before_a_byte(bob: Client, settings: LazySettings) -> None:
    answer = create(bob, **{"Upload-Length": str(4 * 1024**3 + 1)})
    assert answer.status_code == 413
    assert "4 GB" in answer.json()["detail"]
    assert not Upload.objects.exists()
    assert not Path(settings.UPLOADS_ROOT).exists()


def test_growing_recording_stops_at_the_limit_and_keeps_what_there_is(bob: Client, settings: LazySettings) -> None:
    settings.UPLOAD_MAX_BYTES = 8
    address = begin(bob)
    send(bob, address, 0, b"12345678")
    answer = send(bob, address, 8, b"9")
    assert answer.status_code == 413
    assert "safe" in answer.json()["detail"]
    assert offset_of(bob, address) == 8


def test_piece_above_eight_megabytes_is_refused(bob: Client) -> None:
    address = begin(bob)
    assert send(bob, address, 0, bytes(8 * 1024**2 + 1)).status_code == 413
    assert offset_of(bob, address) == 0


def test_empty_file_is_refused_in_words(bob: Client) -> None:
    answer = create(bob, **{"Upload-Length": "0"})
    assert answer.status_code == 422
    assert "empty" in answer.json()["detail"]


def test_more_than_announced_is_refused(bob: Client) -> None:
    address = begin(bob, 3)
    assert send(bob, address, 0, b"abcd").status_code == 413
    assert offset_of(bob, address) == 0


def test_full_disk_is_said_and_the_offset_stays_true(bob: Client, settings: LazySettings) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    settings.UPLOAD_DISK_RESERVE_BYTES = 1 << 60
    answer = send(bob, address, 3, b"def")
    assert answer.status_code == 507
    assert "safe" in answer.json()["detail"]
    assert answer["Upload-Offset"] == "3"
    settings.UPLOAD_DISK_RESERVE_BYTES = 0
    assert send(bob, address, 3, b"def").status_code == 204
    assert on_disk(address) == b"abcdef"


def test_disk_that_fills_in_the_middle_of_a_piece_leaves_the_file_as_it_was(
    bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    write = os.pwrite

    def half(descriptor: int, data: memoryview, offset: int) -> int:
        if offset > 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, data[: len(data) // 2], offset)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", half)
        assert send(bob, address, 3, b"defghi").status_code == 507
    assert on_disk(address) == b"abc"
    assert offset_of(bob, address) == 3
    assert send(bob, address, 3, b"defghi").status_code == 204


def test_crash_between_the_write_and_the_row_heals(bob: Client) -> None:
    address = begin(bob)
    send(bob, address, 0, b"acknowledged")
    with staging_path(Upload.objects.get().pk).open("ab") as file:
        file.write(b" and then the power went")
    assert offset_of(bob, address) == 12
    assert send(bob, address, 12, b", then the rest").status_code == 204
    assert on_disk(address) == b"acknowledged, then the rest"


def test_bytes_that_a_disk_lost_are_asked_for_again(bob: Client) -> None:
    address = begin(bob)
    send(bob, address, 0, b"acknowledged")
    with staging_path(Upload.objects.get().pk).open("r+b") as file:
        file.truncate(4)
    answer = send(bob, address, 12, b"more")
    assert answer.status_code == 409
    assert answer["Upload-Offset"] == "4"
    assert send(bob, address, 4, b"owledged").status_code == 204


def test_damaged_piece_is_refused(bob: Client) -> None:
    address = begin(bob)
    right = base64.b64encode(hashlib.sha1(b"abc").digest()).decode()
    assert send(bob, address, 0, b"abx", **{"Upload-Checksum": f"sha1 {right}"}).status_code == 460
    assert offset_of(bob, address) == 0
    assert send(bob, address, 0, b"abc", **{"Upload-Checksum": f"sha1 {right}"}).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 422),
        ({"Upload-Length": "-1"}, 422),
        ({"Upload-Length": "many"}, 422),
        ({"Upload-Length": "1" * 30}, 422),
        ({"Upload-Length": "5", "Upload-Defer-Length": "1"}, 422),
        ({"Upload-Length": "5", "Upload-Metadata": "filename !!!"}, 422),
        ({"Upload-Length": "5", "Upload-Metadata": "filename " + "YQ==" * 6000}, 422),
        ({"Upload-Length": "5", "Upload-Metadata": described(purpose="mischief")}, 422),
    ],
)
def test_nonsense_is_refused_in_words(bob: Client, headers: dict[str, str], status: int) -> None:
    answer = create(bob, **headers)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("🤖 how we do it.webm", "🤖 how we do it.webm"),
        ("שלום עולם.mp4", "שלום עולם.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.mov", "a.mov"),
        ("a\x00b\n.mp4", "ab.mp4"),
        ("", "recording"),
        ("n" * 5000 + ".webm", "n" * 195 + ".webm"),
    ],
)
def test_any_name_is_kept_safely(bob: Client, given: str, kept: str) -> None:
    begin(bob, 5, filename=given)
    assert Upload.objects.get().filename == kept


def test_piece_of_another_type_is_refused(bob: Client) -> None:
    address = begin(bob)
    answer = bob.patch(address, b"abc", content_type="text/plain", headers={"Upload-Offset": "0"})
    assert answer.status_code == 415


def test_discarded_upload_is_gone(bob: Client, django_capture_on_commit_callbacks: Any) -> None:
    address = begin(bob)
    send(bob, address, 0, b"abc")
    path = staging_path(Upload.objects.get().pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert bob.delete(address).status_code == 204
    assert not path.exists()
    assert bob.head(address).status_code == 404


@pytest.fixture
def rival(bob: Client) -> Iterator[Any]:
    """A second connection to the same database, as another web process has."""
    other = connection.copy()
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_are_told_apart(bob: Client, rival: Any) -> None:
    address = begin(bob)
    rival.set_autocommit(False)
    with rival.cursor() as cursor:
        cursor.execute("SELECT 1 FROM media_upload FOR UPDATE")
    answer = send(bob, address, 0, b"abc")
    assert answer.status_code == 423
    assert "another tab" in answer.json()["detail"].lower()
    rival.rollback()
    assert send(bob, address, 0, b"abc").status_code == 204
