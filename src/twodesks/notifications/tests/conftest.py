import pytest

from twodesks.notifications.tests.rooms import News


@pytest.fixture
def news(db: None) -> News:
    return News()
