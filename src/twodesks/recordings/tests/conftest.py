"""What tests of recordings share: a browser per member, with its own folder for uploads and media."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.cast import Cast

PIECE = "application/offset+octet-stream"


@dataclass
class Browser:
    """A signed-in member who records: JSON in, JSON out, pieces by tus."""

    client: Client

    def post(self, address: str, **content: Any) -> Any:
        return self.client.post(address, json.dumps(content), content_type="application/json")

    def patch(self, address: str, **content: Any) -> Any:
        return self.client.patch(address, json.dumps(content), content_type="application/json")

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def start(self, **content: Any) -> dict[str, Any]:
        answer = self.post("/recordings/start", **({"kind": "voice", "content_type": "audio/webm"} | content))
        assert answer.status_code == 201, answer.content
        started: dict[str, Any] = answer.json()
        return started

    def send(self, upload_url: str, offset: int, data: bytes) -> Any:
        return self.client.patch(
            upload_url, data, content_type=PIECE, headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
        )

    def upload(self, data: bytes, filename: str, content_type: str = "") -> str:
        """Send a whole file and return its upload's id."""
        encoded = {"filename": filename, "filetype": content_type}
        answer = self.client.post(
            "/media/uploads/",
            headers={
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(len(data)),
                "Upload-Metadata": ",".join(f"{key} {b64(value)}" for key, value in encoded.items()),
            },
        )
        assert answer.status_code == 201, answer.content
        for offset in range(0, len(data), 4 << 20):
            assert self.send(answer["Location"], offset, data[offset : offset + (4 << 20)]).status_code == 204
        return str(answer["Location"]).rpartition("/")[2]

    def status(self, recording_id: int) -> dict[str, Any]:
        answer = self.get(f"/recordings/{recording_id}/status")
        assert answer.status_code == 200, answer.content
        content: dict[str, Any] = answer.json()
        return content


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass
class Browsers:
    alice: Browser
    bob: Browser
    carol: Browser
    dave: Browser
    erin: Browser


@pytest.fixture(autouse=True)
def own_folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def browsers(cast: Cast) -> Browsers:
    def signed_in(member: Any) -> Browser:
        client = Client()
        client.force_login(member)
        return Browser(client)

    return Browsers(*(signed_in(member) for member in (cast.alice, cast.bob, cast.carol, cast.dave, cast.erin)))
