"""The search page and the palette's suggestions, by HTTP."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.search.conftest import Shelf
from twodesks.search.operations.embed_passages import embed_passages

pytestmark = pytest.mark.django_db


def test_the_page_shows_each_place_with_its_words_marked(shelf: Shelf, client: Client) -> None:
    insight = shelf.insight("Grease the gripper", "Never put <script>grease</script> on the belt.", topics=("Gripper",))
    recording = shelf.recording("Workshop talk", channel=shelf.open)
    embed_passages()
    client.force_login(shelf.cast.alice)
    page = client.get("/search/", {"q": "grease worm wheel"}).content.decode()
    assert f'href="/insights/{insight.pk}/"' in page
    assert f'href="/recordings/{recording.pk}/#t=185"' in page
    assert "<mark>grease</mark>" in page
    assert "<script>grease" not in page
    assert "Bob Explainer explained" in page
    assert "Insights<span" in page
    assert "Gripper" in page


def test_the_page_narrows_by_kind_and_by_topic(shelf: Shelf, client: Client) -> None:
    shelf.insight("Grease the gripper", "Never on the belt.", topics=("Gripper",))
    shelf.insight("Grease the door", "On the hinge.", topics=("Doors",))
    shelf.recording("Workshop talk", channel=shelf.open)
    embed_passages()
    client.force_login(shelf.cast.alice)
    only = client.get("/search/", {"q": "grease", "kind": "recording"}).content.decode()
    assert only.count("<article") == 1
    doors = client.get("/search/", {"q": "grease", "topic": "Doors"}).content.decode()
    assert "Grease the door" in doors
    assert "Grease the gripper" not in doors


def test_every_page_says_what_to_do_next(shelf: Shelf, client: Client) -> None:
    client.force_login(shelf.cast.alice)
    assert "What would you like to know?" in client.get("/search/").content.decode()
    empty = client.get("/search/", {"q": "zeppelin mooring"}).content.decode()
    assert "Nothing here says that yet" in empty
    assert 'href="/record/"' in empty


def test_guests_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/search/", {"q": "x"}).status_code in (302, 401)
    assert client.get("/search/suggest/", {"q": "x"}).status_code in (302, 401)


@pytest.mark.parametrize("q", ["\0", "%s%%", "🙂" * 300, "<b>", "a" * 5000, "\udcff"])
def test_odd_questions_give_a_page(shelf: Shelf, client: Client, q: str) -> None:
    client.force_login(shelf.cast.alice)
    encoded = q.encode("utf-8", "surrogateescape")
    assert client.get("/search/", {"q": encoded}).status_code == 200
    assert client.get("/search/suggest/", {"q": encoded}).status_code == 200


def test_the_page_asks_at_most_fifteen_queries(shelf: Shelf, client: Client) -> None:
    for number in range(8):
        shelf.insight(f"Grease {number}", "The worm wheel wants grease.", topics=("Gripper",))
        shelf.recording(f"Talk {number}", channel=shelf.open)
    embed_passages()
    client.force_login(shelf.cast.alice)
    for asked in ({"q": "grease"}, {"q": "grease", "kind": "insight"}):
        client.get("/search/", asked)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/search/", asked).status_code == 200
        assert len(queries) <= 15, [query["sql"][:120] for query in queries]


def test_the_palette_offers_things_moments_people_and_channels(shelf: Shelf, client: Client) -> None:
    recording = shelf.recording("Workshop talk", channel=shelf.open)
    shelf.insight("Bobbins", "Where they are kept.")
    embed_passages()
    client.force_login(shelf.cast.alice)

    def options(q: str) -> str:
        return client.get("/search/suggest/", {"q": q}).content.decode()

    spoken = options("four screws of the co")
    assert f'href="/recordings/{recording.pk}/#t=180"' in spoken
    assert 'role="group"' in spoken
    assert "3:00" in spoken
    both = options("bob")
    assert "Bobbins" in both
    assert "Bob Explainer" in both
    assert "Bobbins" not in options("@bob")
    assert f"/people/{shelf.cast.bob.pk}/" in options("@bob expl")
    assert "Field service" in options("#field")
    assert "Bob Explainer" in options("boob explaner")
    assert options("").strip() == ""


def test_what_is_half_typed_is_found_by_its_beginning(shelf: Shelf, client: Client) -> None:
    shelf.insight("Recalibrate the lidar on site", "After a wheel swap.")
    client.force_login(shelf.cast.alice)
    for q in ("recal", "recalibrate the li", "lid"):
        assert "Recalibrate the lidar" in client.get("/search/suggest/", {"q": q}).content.decode(), q


def test_names_are_found_without_their_accents(shelf: Shelf, client: Client) -> None:
    type(shelf.cast.bob).objects.filter(pk=shelf.cast.bob.pk).update(name="Zoë Ångström")
    client.force_login(shelf.cast.alice)
    for q in ("@zoe", "@angstrom"):
        assert "Zoë Ångström" in client.get("/search/suggest/", {"q": q}).content.decode()
