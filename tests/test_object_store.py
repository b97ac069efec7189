"""The same with files in an S3 object store."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3  # type: ignore[import-untyped]
import environ
import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.test import Client
from moto import mock_aws

from tests.cast import Cast
from twodesks.kit.actor import system
from twodesks.media.models import MediaFile, Upload
from twodesks.media.operations.keep_upload import keep_upload
from twodesks.media.operations.probe_file import probe_file
from twodesks.media.operations.render_file import render_file
from twodesks.media.queries import renditions_of, signed_url, staging_path
from twodesks.media.tests import films
from twodesks.project.object_store import file_storage, media_origins


@pytest.fixture
def bucket(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("S3_BUCKET", "media")
    monkeypatch.setenv("S3_REGION", "eu-west-2")
    monkeypatch.setenv("S3_ACCESS_KEY", "testing")
    monkeypatch.setenv("S3_SECRET_KEY", "testing")
    with mock_aws():
        boto3.client("s3", region_name="eu-west-2").create_bucket(
            Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"}
        )
        settings.UPLOADS_ROOT = tmp_path / "uploads"
        settings.STORAGES = settings.STORAGES | {"default": file_storage(environ.FileAwareEnv())}
        yield boto3.client("s3", region_name="eu-west-2")


def kept(cast: Cast, content: bytes) -> MediaFile:
    upload = Upload.objects.create(
        owner_id=cast.bob.pk,
        purpose="recording",
        filename="talk.webm",
        content_type="audio/webm",
        total_bytes=len(content),
        received_bytes=len(content),
        finished_at=cast.bob.joined_at,
    )
    staging_path(upload.pk).parent.mkdir(parents=True, exist_ok=True)
    staging_path(upload.pk).write_bytes(content)
    return keep_upload(actor=system(), upload_id=upload.pk)


def test_recording_is_kept_rendered_and_handed_out_by_the_store(cast: Cast, bucket: Any) -> None:
    content = films.film("webm", seconds=3, live=True)
    file = kept(cast, content)
    assert bucket.get_object(Bucket="media", Key=file.storage_name)["Body"].read() == content
    assert keep_upload(actor=system(), upload_id=file.upload_id).pk == file.pk  # type: ignore[arg-type]
    probed = probe_file(actor=system(), file_id=file.pk)
    assert probed.duration_ms == pytest.approx(3000, abs=150)
    render_file(actor=system(), file_id=file.pk)
    [sound] = [rendition for rendition in renditions_of(file.pk) if rendition.kind == "audio"]
    assert default_storage.size(sound.storage_name) == sound.total_bytes
    answer = Client().get(signed_url(sound))
    assert answer.status_code == 302
    address = urlsplit(answer["Location"])
    assert "media" in address.netloc + address.path
    asked = parse_qs(address.query)
    assert asked["response-content-type"] == ["audio/mp4"]
    assert asked["response-content-disposition"][0].startswith("inline")
    assert any(name.lower().endswith("signature") for name in asked)


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ({}, []),
        (
            {"S3_BUCKET": "media", "S3_REGION": "eu-west-2"},
            ["https://media.s3.amazonaws.com", "https://media.s3.eu-west-2.amazonaws.com"],
        ),
        (
            {"S3_BUCKET": "media", "S3_ENDPOINT": "https://store.example.org:9000"},
            ["https://store.example.org:9000", "https://media.store.example.org:9000"],
        ),
        ({"S3_BUCKET": "media", "TWODESKS_MEDIA_ORIGINS": "https://cdn.example.org"}, ["https://cdn.example.org"]),
    ],
)
def test_pages_may_load_from_the_store(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], origins: list[str]
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert media_origins(environ.FileAwareEnv()) == origins
