"""The search page and the palette: what they find, for whom, and what hostile questions do."""

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Member, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(db: None) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


def keep(member: Member, title: str, body: str, channel: Channel) -> None:
    draft = start_insight(actor=acting(member))
    publish_insight(actor=acting(member), insight_id=draft.insight_id, title=title, body=body, channel_id=channel.pk)


@pytest.fixture
def _library(cast: Cast) -> None:
    shared = create_channel(actor=acting(cast.bob), name="field-calibration", purpose="Robots that see straight.")
    hidden = create_channel(actor=acting(cast.bob), name="salaries-2026", visibility="private")
    keep(cast.bob, "Recalibrate the lidar", "A wheel swap turns the scan. Run `wrenctl` after ERR_42.", shared)
    keep(cast.bob, "Pay of the lidar team", "The wheel swap bonus is secret.", hidden)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("question", ["wheel swap", "ERR_42", "how does a WHEEL turn the scán", "recalibrate"])
def test_a_question_finds_what_says_it_with_its_words_marked(cast: Cast, client: Client, question: str) -> None:
    client.force_login(cast.erin)
    page = client.get("/search/", {"q": question}).content.decode()
    assert "Recalibrate the lidar" in page
    assert "Bob Explainer explained" in page
    assert "Recalibrate the lidar" in client.get("/search/suggest/", {"q": question}).content.decode()


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize("question", ["wheel swap bonus", "pay of the lidar team", "salaries", "#salaries"])
def test_a_private_channel_shows_in_no_hit_count_or_suggestion(cast: Cast, client: Client, question: str) -> None:
    for outsider in (cast.erin, cast.dave):
        client.force_login(outsider)
        answer = client.get("/search/", {"q": question})
        shown = answer.content.decode() + client.get("/search/suggest/", {"q": question}).content.decode()
        assert "Pay of the lidar team" not in shown
        assert "bonus is secret" not in shown
        assert "salaries-2026" not in shown
        assert answer.context["page"].result.total <= 1
    client.force_login(cast.bob)
    assert "Pay of the lidar team" in client.get("/search/", {"q": "wheel swap bonus"}).content.decode()


@pytest.mark.usefixtures("_library")
def test_the_palette_finds_people_and_channels_by_their_signs(cast: Cast, client: Client) -> None:
    client.force_login(cast.erin)
    assert "Bob Explainer" in client.get("/search/suggest/", {"q": "@bob"}).content.decode()
    assert "field-calibration" in client.get("/search/suggest/", {"q": "#calib"}).content.decode()
    assert "Nothing found" in client.get("/search/suggest/", {"q": "@nobody"}).content.decode()


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize(
    "question",
    [
        "",
        " ",
        "a",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "\x00",
        "%_\\",
        "🤖" * 400,
        "& | ! ( ) :*",
        "слово أهلا",
    ],
)
def test_no_question_breaks_the_page(cast: Cast, client: Client, question: str) -> None:
    client.force_login(cast.erin)
    for address in ("/search/", "/search/suggest/"):
        answer = client.get(address, {"q": question})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_guests_are_asked_to_sign_in(client: Client) -> None:
    assert client.get("/search/?q=x")["Location"].startswith("/sign-in/")


@pytest.mark.usefixtures("_library")
def test_the_search_page_costs_at_most_fifteen_queries(
    cast: Cast, client: Client, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client.force_login(cast.erin)
    client.get("/search/?q=lidar")
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get("/search/?q=wheel+swap+scan")
