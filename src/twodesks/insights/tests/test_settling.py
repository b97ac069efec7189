"""Two who changed one sentence: both versions are shown, and what is made of them is kept on top of both."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import acting
from twodesks.insights.models import InsightDraft
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.tests.conftest import BODY, Place, text
from twodesks.people.models import Member

SignIn = Callable[[Member], Client]


def conflicting(place: Place, client: Client) -> str:
    """Alice wrote on revision 1 while Bob kept revision 2, about the same sentence."""
    revise_insight(
        actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Cool it first",
        body=BODY.replace("ten minutes", "a <b>quarter</b> of an hour").replace("mat.", "clean mat."),
    )  # fmt: skip
    mine = BODY.replace("ten minutes", "twelve minutes")
    page = client.post(
        f"/insights/{place.kept.pk}/edit/", text(title="Cool it first", body=mine, base=1, action="keep")
    )
    assert page.status_code == 409
    return page.content.decode()


def test_two_people_who_change_one_sentence_see_both_and_lose_none(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    html = conflicting(place, client)
    assert "Bob saved at" in html
    assert "<ins>twelve minutes</ins>" in html.replace("</ins> <ins>", " ") or "<ins>twelve" in html
    assert "&lt;b&gt;quarter" in html.replace("</ins>", "").replace("<ins>", "")
    assert "clean mat." in html  # what fits is in already
    place.kept.refresh_from_db()
    assert "quarter" in place.kept.body
    assert "twelve minutes" in InsightDraft.objects.get(insight=place.kept).body
    assert client.get(f"/insights/{place.kept.pk}/settle/").status_code == 200
    assert at_desk(place.cast.erin).get(f"/insights/{place.kept.pk}/settle/").status_code == 302  # nothing to settle


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ({"choice-0": "mine"}, "Let it cool for twelve minutes."),
        ({"choice-0": "theirs"}, "Let it cool for a <b>quarter</b> of an hour."),
        ({"choice-0": "third", "third-0": "Let it cool."}, "Let it cool."),
    ],
)
def test_settled_conflict_is_kept_on_top_of_theirs(
    place: Place, at_desk: SignIn, choice: dict[str, str], kept: str
) -> None:
    client = at_desk(place.cast.alice)
    conflicting(place, client)
    address = f"/insights/{place.kept.pk}/settle/"
    assert client.post(address, {"against": 2}).status_code == 422
    assert client.post(address, {"against": 1} | choice).status_code == 409
    assert client.post(address, {"against": 2} | choice).status_code == 302
    place.kept.refresh_from_db()
    assert place.kept.body == f"Park the robot on the clean mat.\n\n{kept}\n\nThen calibrate."
    assert not InsightDraft.objects.filter(insight=place.kept).exists()
    assert at_desk(place.cast.alice).post(address, {"against": 2} | choice).status_code == 302


def test_settling_keeps_topics_and_note_and_both_versions(place: Place, at_desk: SignIn) -> None:
    mine = BODY.replace("ten minutes", "twelve minutes")
    theirs = BODY.replace("ten minutes", "a quarter of an hour")
    revise_insight(
        actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Cool it first", body=theirs,
        topics=["Lidar", "Heat"],
    )  # fmt: skip
    client = at_desk(place.cast.alice)
    written = text(title="Cool it first", body=mine, topics="Lidar, Mat", base=1, note="Measured it", action="keep")
    page = client.post(f"/insights/{place.kept.pk}/edit/", written)
    assert 'value="Measured it"' in page.content.decode()
    address = f"/insights/{place.kept.pk}/settle/"
    again = client.post(address, {"against": 2, "note": "Measured it"})
    assert again.status_code == 422
    assert 'value="Measured it"' in again.content.decode()
    assert place.kept.revisions.count() == 2
    settled = client.post(address, {"against": 2, "choice-0": "theirs", "note": "Measured it"}, follow=True)
    assert "Both versions are in the history" in settled.content.decode()
    place.kept.refresh_from_db()
    assert (place.kept.body, place.kept.topics) == (theirs, ["Lidar", "Mat", "Heat"])
    second, hers, last = place.kept.revisions.order_by("number")[1:]
    assert second.body == theirs
    assert (hers.body, hers.topics, hers.author) == (mine, ["Lidar", "Mat"], place.cast.alice)
    assert "before it was settled with revision 2" in hers.note
    assert (last.number, last.note) == (4, "Measured it")
    assert last == place.kept.current_revision


def test_version_that_is_taken_whole_is_not_kept_twice(place: Place, at_desk: SignIn) -> None:
    revise_insight(actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Cool it well", body=BODY)
    client = at_desk(place.cast.alice)
    client.post(f"/insights/{place.kept.pk}/edit/", text(title="Cool it long", topics="Lidar", base=1, action="keep"))
    client.post(f"/insights/{place.kept.pk}/settle/", {"against": 2, "choice-title": "mine"})
    assert [one.title for one in place.kept.revisions.order_by("number")] == [
        "Cool it first",
        "Cool it well",
        "Cool it long",
    ]


def test_two_titles_are_a_conflict_too(place: Place, at_desk: SignIn) -> None:
    revise_insight(actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Cool it well", body=BODY)
    client = at_desk(place.cast.alice)
    page = client.post(f"/insights/{place.kept.pk}/edit/", text(title="Cool it long", base=1, action="keep"))
    assert page.status_code == 409
    address = f"/insights/{place.kept.pk}/settle/"
    assert client.post(address, {"against": 2, "choice-title": "third", "title": " "}).status_code == 422
    client.post(address, {"against": 2, "choice-title": "third", "title": "Cool it long and well"})
    place.kept.refresh_from_db()
    assert place.kept.title == "Cool it long and well"
