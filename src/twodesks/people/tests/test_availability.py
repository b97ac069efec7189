"""Whether somebody may be asked now: said by themselves, or by the hour where they are."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import acting, assemble_cast
from twodesks.activity.models import Statement
from twodesks.kit.problem import Invalid
from twodesks.people.engine.availability import availability
from twodesks.people.models import Member, Organisation
from twodesks.people.operations.set_availability import set_availability

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def alice(client: Client, db: None) -> Member:
    Organisation.objects.create(pk=1, name="Ridgeway")
    cast = assemble_cast()
    client.force_login(cast.alice)
    return cast.alice


@pytest.mark.parametrize(
    ("zone", "until", "is_free", "says"),
    [
        ("Europe/London", None, True, "free now"),
        ("Asia/Tokyo", None, False, "21:00 there"),
        ("America/Los_Angeles", None, False, "04:00 there"),
        ("Mars/Olympus", None, True, "free now"),
        ("Europe/London", NOON - timedelta(hours=1), True, "free now"),
        ("Europe/London", NOON + timedelta(hours=2), False, "would rather not be asked until 14:00"),
        ("Europe/Berlin", NOON + timedelta(hours=20), False, "would rather not be asked until tomorrow 09:00"),
        ("Europe/London", NOON + timedelta(days=3), False, "would rather not be asked until Friday 12:00"),
        ("Europe/London", NOON + timedelta(days=30), False, "would rather not be asked until 24 December"),
    ],
)
def test_how_somebody_s_time_is_told(zone: str, until: datetime | None, is_free: bool, says: str) -> None:
    found = availability(NOON, zone, until)
    assert (found.is_free, found.says) == (is_free, says)
    assert found.is_unwilling == says.startswith("would rather")


def test_nobody_is_free_on_a_saturday() -> None:
    assert availability(NOON + timedelta(days=4), "UTC", None).says == "Saturday, 12:00 there"


def test_a_member_says_when_they_would_rather_not_be_asked(client: Client, alice: Member) -> None:
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    at = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0, tzinfo=None)
    assert client.post("/me/availability/", {"not_asked_until": f"{at:%Y-%m-%dT%H:%M}"}).status_code == 302
    alice.refresh_from_db()
    assert alice.not_asked_until == (at - timedelta(hours=9)).replace(tzinfo=UTC)
    assert "would rather not be asked until" in client.get("/me/").content.decode()
    assert Statement.objects.filter(verb="set-availability", object_id=alice.pk).count() == 1


def test_and_is_free_again_with_one_press(client: Client, alice: Member) -> None:
    set_availability(actor=acting(alice), not_asked_until=timezone.now() + timedelta(hours=1))
    assert client.post("/me/availability/", {"free": "1"}).status_code == 302
    alice.refresh_from_db()
    assert alice.not_asked_until is None


@pytest.mark.parametrize("given", ["", "soon", "1999-01-01T00:00", "2999-01-01T00:00", "2026-13-40T99:99"])
def test_a_time_that_makes_no_sense_is_refused_and_nothing_changes(client: Client, alice: Member, given: str) -> None:
    answer = client.post("/me/availability/", {"not_asked_until": given})
    assert answer.status_code == 422
    assert "not_asked_until" in answer.context["availability_form"].errors
    alice.refresh_from_db()
    assert alice.not_asked_until is None


def test_the_operation_refuses_what_is_over_or_far(alice: Member) -> None:
    for at in (timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=400)):
        with pytest.raises(Invalid):
            set_availability(actor=acting(alice), not_asked_until=at)


def test_guests_cannot_set_it(client: Client, alice: Member) -> None:
    client.logout()
    assert client.post("/me/availability/", {"free": "1"}).status_code in (302, 401)
    alice.refresh_from_db()
    assert alice.not_asked_until is None
