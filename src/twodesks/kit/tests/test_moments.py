"""When something was, in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from twodesks.kit.moments import ago, moment

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(hours=7, minutes=2), "7 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=12), "12 days ago"),
        (timedelta(days=15), "2 weeks ago"),
        (timedelta(days=47), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(before: timedelta, said: str) -> None:
    assert ago(NOW - before, NOW) == said


def test_moment_is_a_time_today_and_a_date_later() -> None:
    london = ZoneInfo("Europe/London")
    assert moment(NOW, NOW, london) == "10:30"
    # Half past eleven at night in London is still the day before in UTC.
    assert moment(datetime(2026, 5, 13, 23, 30, tzinfo=UTC), NOW, london) == "00:30"
    assert moment(NOW - timedelta(days=1), NOW, london) == "Wed"
    assert moment(NOW - timedelta(days=7), NOW, london) == "7 May"
    assert moment(NOW - timedelta(days=365), NOW, london) == "14 May 2025"
