"""One's own profile and photo."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.cast import assemble_cast
from twodesks.people.models import Member, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client: Client) -> Member:
    Organisation.objects.create(pk=1, name="Ridgeway")
    cast = assemble_cast()
    client.force_login(cast.alice)
    return cast.alice


PROFILE = {"name": "Alice Asker", "job_title": "Fitter", "place": "Leeds", "time_zone": "Europe/London"}


def test_a_profile_says_what_one_helps_with(client: Client, alice: Member) -> None:
    words = "<b>Lidar</b> 🤖 and أهلا"
    assert client.post("/me/profile/", PROFILE | {"helps_with": words}).status_code == 302
    alice.refresh_from_db()
    assert (alice.helps_with, alice.time_zone) == (words, "Europe/London")
    assert b"&lt;b&gt;Lidar" in client.get("/me/").content


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("name", "n" * 5000), ("time_zone", "Mars/Olympus")])
def test_a_bad_profile_is_refused_and_nothing_changes(client: Client, alice: Member, field: str, value: str) -> None:
    answer = client.post("/me/profile/", PROFILE | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["profile_form"].errors
    alice.refresh_from_db()
    assert (alice.name, alice.place) == ("Alice Asker", "")


def picture(size: tuple[int, int] = (900, 500)) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "PNG")
    return SimpleUploadedFile("me.png", data.getvalue(), "image/png")


def test_a_photo_is_kept_as_a_small_square_and_can_go_again(client: Client, alice: Member) -> None:
    assert client.post("/me/photo/", {"photo": picture()}).status_code == 302
    alice.refresh_from_db()
    assert alice.photo is not None
    with alice.photo.open() as kept:
        assert Image.open(kept).size == (320, 320)
    client.post("/me/photo/", {"remove": "1"})
    alice.refresh_from_db()
    assert not alice.photo


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_not_a_picture_is_refused_with_words(client: Client, alice: Member, content: bytes) -> None:
    answer = client.post("/me/photo/", {"photo": SimpleUploadedFile("x.png", content, "image/png")})
    assert answer.status_code == 422
    assert answer.context["photo_form"].errors["photo"]
    alice.refresh_from_db()
    assert not alice.photo


def test_a_guest_has_no_profile(client: Client) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")
    assert client.get("/me/")["Location"] == "/sign-in/?next=/me/"
    assert client.post("/me/profile/", PROFILE).status_code == 401
