"""The database's address, in every form people have it in."""

import pytest
from django.db import connection

from tests.cast import Cast
from twodesks.project.database import PLAN_KEPT_AFTER, database_settings
from twodesks.server.cluster import embedded_url
from twodesks.server.data import DataDirectory


def test_cast_lives_in_the_database_of_the_run(cast: Cast) -> None:
    cast.alice.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int")
        assert cursor.fetchone()[0] >= 160000


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://u:p%40ss@db.example:5433/name?sslmode=require",
            {"NAME": "name", "USER": "u", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433",
             "OPTIONS": {"sslmode": "require", "prepare_threshold": PLAN_KEPT_AFTER}},
        ),
        (
            "postgresql:///name?host=/run/pg&user=u",
            {"NAME": "name", "HOST": "/run/pg", "USER": "u",
             "OPTIONS": {"prepare_threshold": PLAN_KEPT_AFTER}},
        ),
    ],
)  # fmt: skip
def test_address_is_read_as_libpq_reads_it(url: str, expected: dict[str, object]) -> None:
    told = database_settings(url)
    assert told == {"ENGINE": "django.db.backends.postgresql"} | expected


def test_plans_are_not_kept_behind_a_pooler() -> None:
    behind_a_pooler = database_settings("postgresql:///name", keeps_plans=False)
    assert "prepare_threshold" not in behind_a_pooler["OPTIONS"]
    assert behind_a_pooler["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_without_an_address_it_is_the_embedded_one(data_directory: DataDirectory) -> None:
    told = database_settings(embedded_url(data_directory))
    assert told["HOST"].startswith("/")
    assert told["NAME"] == "twodesks"
