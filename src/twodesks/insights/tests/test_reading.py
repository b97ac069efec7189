"""Reading an insight, its history and its pictures, and who may not."""

import io
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from tests.cast import acting
from twodesks.insights.models import InsightAttachment
from twodesks.insights.operations.attach_image import attach_image
from twodesks.insights.operations.credit_member import credit_member
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.tests.conftest import BODY, Place, keep
from twodesks.kit.actor import system
from twodesks.media.models import MediaFile
from twodesks.people.models import Member
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.discard_recording import discard_recording
from twodesks.recordings.operations.purge_discarded import purge_discarded

SignIn = Callable[[Member], Client]
QUERIES = 15


def png() -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (8, 6), "teal").save(data, "PNG")
    data.seek(0)
    data.name = "mat.png"
    return data


def test_insight_is_read_at_its_address_with_title(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.erin)
    assert client.get(f"/insights/{place.kept.pk}/").headers["Location"] == f"/insights/{place.kept.pk}-cool-it-first/"
    page = client.get(f"/insights/{place.kept.pk}-cool-it-first/")
    assert page.status_code == 200
    html = page.content.decode()
    for words in ("Cool it first", "Let it cool for ten minutes.", "Bob Explainer", "Fresh, kept today", "#field"):
        assert words in html


def test_older_title_in_the_address_leads_on(place: Place, at_desk: SignIn) -> None:
    page = at_desk(place.cast.erin).get(f"/insights/{place.kept.pk}-some-older-title/")
    assert page.headers["Location"].endswith("-cool-it-first/")


@pytest.mark.parametrize("path", ["/", "-the-secret-of-the-mat/", "/history/", "/edit/", "/attachments/1", "/settle/"])
def test_private_insight_is_not_there_for_outsiders(place: Place, at_desk: SignIn, path: str) -> None:
    address = f"/insights/{place.secret.pk}{path}"
    assert at_desk(place.cast.erin).get(address).status_code == 404
    assert at_desk(place.cast.dave).get(address).status_code == 404
    if "attachments" not in path:
        assert at_desk(place.cast.alice).get(address).status_code in (200, 302)


@pytest.mark.parametrize(
    "act", ["verdict", "thanks", "credits", "check", "move", "withdraw", "reinstate", "discard", "attachments/"]
)
def test_nothing_can_be_done_to_what_is_not_there(place: Place, at_desk: SignIn, act: str) -> None:
    posted = {
        "outcome": "helped", "receiver": place.cast.bob.pk, "member": place.cast.bob.pk, "role": "asked",
        "channel": place.field.pk, "picture": png(),
    }  # fmt: skip
    assert at_desk(place.cast.erin).post(f"/insights/{place.secret.pk}/{act}", posted).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/library/", "/insights/new/", "/insights/1/", "/library/drafts/"])
def test_guests_are_asked_to_sign_in(client: Client, path: str) -> None:
    assert client.get(path).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999"])
def test_number_of_no_insight_is_not_there(place: Place, at_desk: SignIn, number: str) -> None:
    assert at_desk(place.cast.erin).get(f"/insights/{number}/").status_code == 404


def test_page_with_everything_takes_few_queries(
    place: Place, at_desk: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bob, alice, erin = (acting(member) for member in (place.cast.bob, place.cast.alice, place.cast.erin))
    recording = Recording.objects.create(
        owner=place.cast.bob, channel=place.field, kind="voice", title="The mat", duration_ms=60_000
    )
    clips = "\n\n".join(f"![clip: Part {n}](recording:{recording.pk}#t={n},{n + 5})" for n in range(12))
    revise_insight(actor=bob, insight_id=place.kept.pk, base=1, title="Cool it first", body=f"{BODY}\n\n{clips}")
    for member in (place.cast.carol, place.cast.dave, place.cast.erin):
        credit_member(actor=alice, insight_id=place.kept.pk, member_id=member.pk, role="reviewed")
    mark_helped(actor=alice, insight_id=place.kept.pk)
    mark_did_not_work(actor=erin, insight_id=place.kept.pk, reason="On Wren 2 the mat is too short.")
    give_thanks(actor=alice, insight_id=place.kept.pk, receiver_id=place.cast.bob.pk, words="Saved my morning")
    client = at_desk(place.cast.carol)
    address = f"/insights/{place.kept.pk}-cool-it-first/"
    client.get(address)
    with django_assert_max_num_queries(QUERIES):
        html = client.get(address).content.decode()
    assert html.count("<td-clip") == 12
    assert "On Wren 2 the mat is too short." in html
    assert "Saved my morning" in html
    with django_assert_max_num_queries(QUERIES):
        client.get(f"/insights/{place.kept.pk}/history/")


def test_clip_of_a_recording_that_is_not_shared_keeps_its_words_only(place: Place, at_desk: SignIn) -> None:
    recording = Recording.objects.create(
        owner=place.cast.bob, channel=place.robots, kind="voice", title="Hidden name", duration_ms=60_000
    )
    body = f"![clip: Torque the bolts](recording:{recording.pk}#t=1,5)"
    kept = keep(place.cast.bob, place.field, title="Bolts", body=body)
    for_erin = at_desk(place.cast.erin).get(f"/insights/{kept.pk}-bolts/").content.decode()
    assert "Torque the bolts" in for_erin
    assert "not shared with you" in for_erin
    assert "Hidden name" not in for_erin
    assert "<td-clip" not in for_erin
    assert "<td-clip" in at_desk(place.cast.alice).get(f"/insights/{kept.pk}-bolts/").content.decode()


def test_clip_of_a_deleted_recording_keeps_what_was_said(place: Place, at_desk: SignIn, settings: LazySettings) -> None:
    recording = Recording.objects.create(
        owner=place.cast.bob, channel=place.field, kind="voice", title="Torque", duration_ms=60_000
    )
    said = ["Torque", "the", "bolts", "in", "a", "triangle."]
    words = [{"start_ms": n * 1000, "end_ms": n * 1000 + 900, "text": word} for n, word in enumerate(said)]
    cues = [{"start_ms": 0, "end_ms": 6000, "text": " ".join(said)}]
    recording.captions = CaptionTrack.objects.create(
        recording=recording, kind="captions", version=1, cues=cues, words=words
    )
    recording.save()
    body = f"![clip: Bolts](recording:{recording.pk}#t=2,6)"
    kept = keep(place.cast.bob, place.field, title="Bolts", body=body)

    def read(member: Member) -> str:
        html: str = at_desk(member).get(f"/insights/{kept.pk}-bolts/").content.decode()
        return html

    discard_recording(actor=acting(place.cast.bob), recording_id=recording.pk)
    assert "bolts in a triangle." in read(place.cast.erin)
    settings.UPLOAD_KEEP_SECONDS = 0
    assert purge_discarded(actor=system()) == 1
    for member in (place.cast.bob, place.cast.erin):
        html = read(member)
        assert "bolts in a triangle." in html
        assert "The recording was deleted." in html
        assert "<td-clip" not in html
    revise_insight(
        actor=acting(place.cast.alice), insight_id=kept.pk, base=1, title="Bolts", body=f"Mind the order.\n\n{body}"
    )
    assert "bolts in a triangle." in read(place.cast.erin)
    # Whoever names the same stretch elsewhere gets no words that they did not see before.
    elsewhere = keep(place.cast.erin, place.field, title="Mine", body=body.replace("t=2,6", "t=0,6"))
    html = at_desk(place.cast.erin).get(f"/insights/{elsewhere.pk}/", follow=True).content.decode()
    assert "Torque the bolts" not in html


def test_recording_that_is_held_on_to_keeps_no_other_from_going(
    place: Place, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twodesks.recordings.operations.purge_discarded.AT_ONCE", 1)
    settings.UPLOAD_KEEP_SECONDS = 0
    kept = keep(place.cast.bob, place.field)
    titles = ["Held", "Old", "Newer"]
    for number, title in enumerate(titles):
        file = MediaFile.objects.create(
            owner=place.cast.bob, storage_name=f"originals/{number}", filename="a.webm", total_bytes=1
        )
        recording = Recording.objects.create(owner=place.cast.bob, kind="voice", title=title, media_file=file)
        discard_recording(actor=acting(place.cast.bob), recording_id=recording.pk)
        if title == "Held":
            InsightAttachment.objects.create(insight=kept, media_file=file, added_by=place.cast.bob)
    for left in (["Held", "Newer"], ["Held"]):
        assert purge_discarded(actor=system()) == 1
        assert list(Recording.objects.order_by("pk").values_list("title", flat=True)) == left
    assert purge_discarded(actor=system()) == 0
    assert MediaFile.objects.get().recording.title == "Held"


def test_history_shows_what_changed_and_restores(place: Place, at_desk: SignIn) -> None:
    revise_insight(
        actor=acting(place.cast.alice),
        insight_id=place.kept.pk,
        base=1,
        title="Cool it first",
        body=BODY.replace("ten", "twelve"),
        note="Measured it",
    )
    client = at_desk(place.cast.erin)
    html = client.get(f"/insights/{place.kept.pk}/history/").content.decode()
    assert "<del>ten</del>" in html
    assert "<ins>twelve</ins>" in html
    assert "Measured it" in html
    client.post(f"/insights/{place.kept.pk}/revisions/1/restore")
    place.kept.refresh_from_db()
    assert place.kept.body == BODY
    assert [revision.number for revision in place.kept.revisions.order_by("number")] == [1, 2, 3]
    assert client.post(f"/insights/{place.kept.pk}/revisions/9/restore").status_code == 404
    assert client.post(f"/insights/{place.kept.pk}/revisions/3/restore").status_code == 422
    assert client.get(f"/insights/{place.kept.pk}/history/?from=7&to=9").status_code == 404


def test_pictures_are_seen_by_those_who_see_the_insight(place: Place, at_desk: SignIn) -> None:
    attachment = attach_image(actor=acting(place.cast.bob), insight_id=place.secret.pk, picture=png())
    address = f"/insights/{place.secret.pk}/attachments/{attachment.pk}"
    served = at_desk(place.cast.alice).get(address)
    assert served.status_code == 200
    assert served.headers["Content-Type"] == "image/webp"
    assert Image.open(io.BytesIO(served.getvalue())).size == (8, 6)
    assert at_desk(place.cast.erin).get(address).status_code == 404
    # Nor by asking for it as part of an insight that one does see.
    assert at_desk(place.cast.erin).get(f"/insights/{place.kept.pk}/attachments/{attachment.pk}").status_code == 404
    assert Client().get(address).status_code == 302
