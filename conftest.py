"""What every test has: a PostgreSQL of its own, made for the run and gone after it, and the cast."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection, connections

from tests.cast import Cast, assemble_cast
from twodesks.people.queries import forget_organisation
from twodesks.project.database import database_settings
from twodesks.project.tests.environment import DATA, GIVEN_DATABASE
from twodesks.search.queries.engines import forget_engines
from twodesks.server.account import choose_account
from twodesks.server.binaries import copy_binaries, find_binaries
from twodesks.server.cluster import Cluster
from twodesks.server.data import DataDirectory

# A property does not fail because the machine is busy.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server: TWODESKS_TEST_POSTGRES or DATABASE_URL when given, else one in a temporary folder."""
    if GIVEN_DATABASE:
        yield GIVEN_DATABASE
        return
    account = choose_account(DATA / "cluster")
    binaries = find_binaries()
    if not account.can_run(binaries):
        binaries = copy_binaries(binaries, DATA)
    cluster = Cluster(DATA / "cluster", DATA / "run", account, binaries, durable=False)
    with cluster.running():
        yield cluster.url()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, postgres_url: str) -> None:
    """Point Django at that server before pytest-django makes its test database there."""
    given = database_settings(postgres_url)
    name = os.environ.get("PYTEST_XDIST_WORKER")
    if name:
        given["TEST"] = {"NAME": f"test_{given['NAME']}_{name}"}
    given["CONN_MAX_AGE"] = 0
    used = connections["default"].settings_dict
    test = used["TEST"] | given.pop("TEST", {})
    used.update(given)
    used["TEST"] = test


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Real password hashes take a quarter of a second each, by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def known_engines() -> None:
    """What the last test's database had is nothing that this one's has."""
    forget_engines()
    forget_organisation()


@pytest.fixture(autouse=True)
def no_jobs_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test whose changes are committed leaves no jobs behind: the queue's tables are not Django's to empty."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if not commits:
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute("DELETE FROM procrastinate_workers")
        cursor.execute("RESET lock_timeout")


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble_cast()


@pytest.fixture
def data_directory() -> Iterator[DataDirectory]:
    """An empty data directory that PostgreSQL's account can reach; pytest's own temporary folders are closed to it."""
    with tempfile.TemporaryDirectory(dir=DATA) as folder:
        Path(folder).chmod(0o711)
        yield DataDirectory(Path(folder) / "data")
