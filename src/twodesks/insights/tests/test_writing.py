"""Writing: drafts that save themselves, keeping, two who write at once, pictures, and whatever else people send."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from tests.cast import acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.insights.models import Credit, Insight, InsightAttachment, InsightClip, InsightDraft
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.tests.conftest import BODY, Place, text
from twodesks.kit.markdown import MAX_CHARS
from twodesks.media.models import MediaFile
from twodesks.people.models import Member
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.file_recording import file_recording

SignIn = Callable[[Member], Client]
JSON = {"Accept": "application/json"}


def spoken_recording(place: Place, **changed: Any) -> Recording:
    cues = [{"start_ms": n * 10_000, "end_ms": (n + 1) * 10_000, "text": f"Sentence {n}."} for n in range(6)]
    recording = Recording.objects.create(
        **{
            "owner": place.cast.bob, "channel": place.field, "kind": "voice", "title": "Cool the motor",
            "duration_ms": 60_000, "topics": ["Motor", "Mat"],
            "key_points": [{"start_ms": 12_000, "end_ms": 20_000, "text": "Ten minutes, no less."}],
        } | changed
    )  # fmt: skip
    recording.captions = CaptionTrack.objects.create(recording=recording, kind="captions", version=1, cues=cues)
    recording.save()
    return recording


def started(client: Client, **changed: Any) -> dict[str, Any]:
    answer = client.post("/insights/new/", text(**changed), headers=JSON)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_opening_a_new_page_makes_nothing(place: Place, at_desk: SignIn) -> None:
    before = Insight.objects.count()
    assert at_desk(place.cast.alice).get(f"/insights/new/?channel={place.field.pk}").status_code == 200
    assert Insight.objects.count() == before


def test_draft_is_its_authors_alone_until_kept(place: Place, at_desk: SignIn) -> None:
    alice, erin = at_desk(place.cast.alice), at_desk(place.cast.erin)
    saved = alice.post("/insights/new/", text())
    draft = InsightDraft.objects.get(member=place.cast.alice)
    assert saved.headers["Location"] == f"/insights/{draft.insight_id}/edit/"
    assert draft.topics == ["Lidar", "On site"]
    assert erin.get(f"/insights/{draft.insight_id}/edit/").status_code == 404
    assert erin.get(f"/insights/{draft.insight_id}/").status_code == 404
    assert "Cool it" in alice.get("/library/drafts/").content.decode()
    assert "Cool it" not in erin.get("/library/drafts/").content.decode()
    kept = alice.post(f"/insights/{draft.insight_id}/edit/", text(version=1, channel=place.field.pk, action="keep"))
    assert kept.headers["Location"] == f"/insights/{draft.insight_id}/"
    html = erin.get(f"/insights/{draft.insight_id}-cool-it/").content.decode()
    assert "Let it cool for ten minutes." in html
    assert not InsightDraft.objects.filter(insight=draft.insight).exists()
    verbs = Statement.objects.filter(object_type="insight", object_id=draft.insight_id).order_by("pk")
    assert [statement.verb for statement in verbs] == ["created", "published"]


@pytest.mark.parametrize(
    ("missing", "words"),
    [({"title": " "}, "Give it a title"), ({"body": "\n"}, "nothing to keep"), ({"channel": ""}, "Choose a channel")],
)
def test_keeping_needs_title_body_and_channel(
    place: Place, at_desk: SignIn, missing: dict[str, str], words: str
) -> None:
    client = at_desk(place.cast.alice)
    refused = client.post("/insights/new/", text(channel=place.field.pk, action="keep") | missing)
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert InsightDraft.objects.filter(member=place.cast.alice).count() == 1  # what there was is saved
    assert not Insight.objects.filter(author=place.cast.alice, published_at__isnull=False).exists()


def test_nothing_goes_into_channels_one_does_not_see_or_that_are_archived(place: Place, at_desk: SignIn) -> None:
    erin = at_desk(place.cast.erin)
    assert erin.post("/insights/new/", text(channel=place.robots.pk, action="keep")).status_code == 404
    archive_channel(actor=acting(place.cast.bob), channel_id=place.field.pk, archived=True)
    refused = erin.post("/insights/new/", text(channel=place.field.pk, action="keep"))
    assert refused.status_code == 403
    assert not Insight.objects.filter(author=place.cast.erin).exists()


def test_autosave_counts_versions_and_notices_the_other_window(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    first = started(client)
    address = first["address"]
    second = client.post(address, text(version=1, body=BODY + " More."), headers=JSON).json()
    assert second["version"] == 2
    stale = client.post(address, text(version=1, body="Another window."), headers=JSON)
    assert stale.status_code == 409
    problem = stale.json()
    assert problem["code"] if "code" in problem else problem["type"].endswith("conflict")
    assert problem["theirs"] == BODY + " More."
    assert problem["version"] == 2
    assert InsightDraft.objects.get(insight_id=first["insight_id"]).body == BODY + " More."


def test_windows_that_changed_different_sentences_are_put_together(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    address = started(client)["address"]
    client.post(address, text(version=1, body=BODY.replace("ten", "twelve")), headers=JSON)
    mine = BODY.replace("Then calibrate.", "Then calibrate twice.")
    merged = client.post(address, text(version=1, body=mine, known_body=BODY), headers=JSON).json()
    assert merged["body"] == mine.replace("ten", "twelve")
    assert merged["version"] == 3
    clash = text(version=2, body=merged["body"].replace("twelve", "nine"), known_body=BODY.replace("ten", "twelve"))
    client.post(address, text(version=3, body=merged["body"].replace("twelve", "four")), headers=JSON)
    assert client.post(address, clash, headers=JSON).status_code == 409


def test_other_window_without_script_shows_both_texts(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    address = started(client)["address"]
    client.post(address, text(version=1, body="From the first window."))
    page = client.post(address, text(version=1, body="From the second window."))
    assert page.status_code == 409
    html = page.content.decode()
    assert "From the first window." in html
    assert "From the second window." in html


def test_two_people_who_change_different_things_are_merged(place: Place, at_desk: SignIn) -> None:
    address = f"/insights/{place.kept.pk}/edit/"
    at_desk(place.cast.alice).get(address)
    revise_insight(
        actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Cool it well",
        body=BODY.replace("ten", "twelve"), topics=["Lidar", "Mat"],
    )  # fmt: skip
    mine = text(title="Cool it first", body=BODY + "\n\nDrive a lap.", base=1, action="keep", topics="Lidar, Lap")
    assert at_desk(place.cast.alice).post(address, mine).status_code == 302
    place.kept.refresh_from_db()
    assert place.kept.body == BODY.replace("ten", "twelve") + "\n\nDrive a lap."
    assert place.kept.title == "Cool it well"
    assert place.kept.topics == ["Lidar", "Lap", "Mat"]
    assert Credit.objects.get(insight=place.kept, member=place.cast.alice).role == "edited"


def test_keeping_without_a_change_makes_no_revision(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    same = text(title="Cool it first", base=1, topics="Lidar", action="keep")
    assert client.post(f"/insights/{place.kept.pk}/edit/", same).status_code == 302
    assert place.kept.revisions.count() == 1


def test_editor_says_that_somebody_kept_a_newer_one(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    client.post(f"/insights/{place.kept.pk}/edit/", text(base=1), headers=JSON)
    revise_insight(actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Newer", body=BODY)
    saved = client.post(f"/insights/{place.kept.pk}/edit/", text(base=1, version=1), headers=JSON).json()
    assert (saved["newer"]["by"], saved["newer"]["number"]) == ("Bob", 2)
    assert "Bob kept revision 2" in client.get(f"/insights/{place.kept.pk}/edit/").content.decode()


def test_first_save_after_somebody_elses_is_still_on_what_was_opened(place: Place, at_desk: SignIn) -> None:
    revise_insight(actor=acting(place.cast.bob), insight_id=place.kept.pk, base=1, title="Newer", body=BODY)
    saved = at_desk(place.cast.alice).post(f"/insights/{place.kept.pk}/edit/", text(base=1), headers=JSON).json()
    assert saved["newer"]["number"] == 2
    draft = InsightDraft.objects.get(insight=place.kept)
    assert draft.base_revision is not None
    assert draft.base_revision.number == 1


def test_discarded_draft_comes_back_and_a_change_goes(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    number = started(client)["insight_id"]
    client.post(f"/insights/{number}/discard")
    assert "Cool it" not in client.get("/library/drafts/").content.decode()
    assert "set aside" in client.get(f"/insights/{number}/").content.decode()
    back = client.post(f"/insights/{number}/reinstate")
    assert "Let it cool" in client.get(back.headers["Location"]).content.decode()
    client.post(f"/insights/{place.kept.pk}/edit/", text(base=1), headers=JSON)
    client.post(f"/insights/{place.kept.pk}/discard")
    assert not InsightDraft.objects.filter(insight=place.kept).exists()
    assert client.get(f"/insights/{place.kept.pk}-cool-it-first/").status_code == 200


def test_discarded_draft_is_no_longer_on_home(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    number = started(client, title="Half a thought")["insight_id"]
    assert "Half a thought" in client.get("/").content.decode()
    client.post(f"/insights/{number}/discard")
    assert "Half a thought" not in client.get("/").content.decode()


@pytest.mark.parametrize("end", ["9" * 23, "86400.001", "9" * 38])
def test_clip_that_ends_after_more_than_a_day_stays_words(place: Place, at_desk: SignIn, end: str) -> None:
    recording, client = spoken_recording(place), at_desk(place.cast.bob)
    body = f"Watch this.\n\n![clip: Cool it](recording:{recording.pk}#t=1,{end})"
    kept = client.post("/insights/new/", text(body=body, channel=place.field.pk, action="keep"))
    assert kept.status_code == 302
    assert "Watch this." in client.get(kept.headers["Location"], follow=True).content.decode()
    assert not InsightClip.objects.filter(source_id=recording.pk).exists()


def test_two_megabytes_are_refused_with_the_text_still_there(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    huge = "word " * 400_000
    page = client.post("/insights/new/", text(body=huge))
    assert page.status_code == 413
    html = page.content.decode()
    assert "an insight holds 100,000" in html
    assert huge.rstrip() in html
    refused = client.post("/insights/new/", text(body=huge), headers=JSON)
    assert refused.status_code == 413
    assert refused.json()["field"] == "body"
    assert not Insight.objects.filter(author=place.cast.alice).exists()
    assert client.post("/insights/preview", {"body": huge}).status_code == 413
    assert client.post("/insights/new/", text(body="x" * MAX_CHARS), headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("title", "x" * 5_000, 422),
        ("topics", "x" * 5_000, 422),
        ("topics", ",".join(f"topic {n}" for n in range(13)), 422),
        ("channel", "not a number", 200),
        ("version", "-1", 200),
        ("recording", "99999999999999999999", 200),
        ("recording", "424242", 404),
        ("title", "\u202eأسئلة 🤖\x00 <script>alert(1)</script>", 200),
    ],
)
def test_odd_input_is_refused_clearly_or_kept_as_words(
    place: Place, at_desk: SignIn, field: str, value: str, status: int
) -> None:
    client = at_desk(place.cast.alice)
    answer = client.post("/insights/new/", text() | {field: value}, headers=JSON)
    assert answer.status_code == status
    if status == 200:
        html = client.get(answer.json()["address"]).content.decode()
        assert "<script>alert" not in html


def test_markup_in_every_field_stays_words(place: Place, at_desk: SignIn) -> None:
    client, evil = at_desk(place.cast.alice), "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    client.post(
        "/insights/new/",
        text(
            title=evil,
            body=f"{evil}\n\n[x](javascript:alert(1))",
            topics=evil[:60],
            channel=place.field.pk,
            action="keep",
        ),
    )
    kept = Insight.objects.get(author=place.cast.alice)
    erin = at_desk(place.cast.erin)
    erin.post(f"/insights/{kept.pk}/verdict", {"outcome": "did-not-work", "reason": evil})
    erin.post(f"/insights/{kept.pk}/thanks", {"receiver": place.cast.alice.pk, "words": evil})
    client.post(f"/insights/{kept.pk}/edit/", text(title=evil + "2", base=1, note=evil, action="keep"))
    kept.refresh_from_db()
    for page in (kept.get_absolute_url(), f"/insights/{kept.pk}/history/", f"/insights/{kept.pk}/edit/", "/library/"):
        answer = erin.get(page)
        assert answer.status_code == 200
        html = answer.content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript' not in html


def test_preview_reads_like_the_page_and_saves_nothing(place: Place, at_desk: SignIn) -> None:
    before = InsightDraft.objects.count()
    html = at_desk(place.cast.alice).post("/insights/preview", {"body": "**Now** <b>x</b>", "title": "T"}).content
    assert b"<strong>Now</strong> &lt;b&gt;x&lt;/b&gt;" in html
    assert InsightDraft.objects.count() == before


def test_pictures_are_drawn_anew_and_others_refused(place: Place, at_desk: SignIn) -> None:
    client = at_desk(place.cast.alice)
    number = started(client)["insight_id"]
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "JPEG", exif=Image.Exif())
    picture = SimpleUploadedFile("../../mat.jpg", data.getvalue() + b"<script>alert(1)</script>")
    answer = client.post(f"/insights/{number}/attachments/", {"picture": picture})
    assert answer.status_code == 201
    attachment = InsightAttachment.objects.get()
    assert answer.json() == {"address": f"/insights/{number}/attachments/{attachment.pk}", "width": 40, "height": 30}
    assert b"script" not in client.get(answer.json()["address"]).getvalue()
    for name, content in (("x.png", b"no picture"), ("x.svg", b"<svg onload=alert(1) />"), ("empty.png", b"")):
        refused = client.post(
            f"/insights/{number}/attachments/", {"picture": SimpleUploadedFile(name, content)}, headers=JSON
        )
        assert refused.status_code == 422, name
        assert "picture" in refused.json()["detail"]
    assert client.post(f"/insights/{number}/attachments/", headers=JSON).status_code == 422
    assert MediaFile.objects.count() == 1


def test_draft_from_a_recording_has_title_topics_points_and_credits(place: Place, at_desk: SignIn) -> None:
    recording = spoken_recording(place)
    client = at_desk(place.cast.alice)
    html = client.get(f"/insights/new?recording={recording.pk}").content.decode()
    assert "Cool the motor" in html
    assert f"recording:{recording.pk}#t=0,60" in html
    assert f"Ten minutes, no less. [Bob, 0:12](recording:{recording.pk}#t=12,20 &quot;source&quot;)" in html
    assert "Motor, Mat" in html
    saved = started(client, recording=recording.pk, body="Ten minutes.")
    roles = Credit.objects.filter(insight_id=saved["insight_id"]).values_list("member__name", "role")
    assert set(roles) == {("Bob Explainer", "explained"), ("Alice Asker", "captured")}


def test_draft_from_a_stretch_keeps_to_it(place: Place, at_desk: SignIn) -> None:
    recording = spoken_recording(place, key_points=[])
    html = at_desk(place.cast.alice).get(f"/insights/new/?recording={recording.pk}&t=20,40").content.decode()
    assert f"recording:{recording.pk}#t=20,40" in html
    assert "Sentence 2. Sentence 3." in html
    body = html[html.index('id="body"') : html.index("</textarea>", html.index('id="body"'))]
    assert "Sentence 5" not in body


@pytest.mark.parametrize("stretch", ["nonsense", "40,20", "-3,5", "9999999,99999999"])
def test_stretch_that_makes_no_sense_is_no_crash(place: Place, at_desk: SignIn, stretch: str) -> None:
    recording = spoken_recording(place)
    answer = at_desk(place.cast.alice).get(f"/insights/new/?recording={recording.pk}&t={stretch}")
    assert answer.status_code in (200, 422)


def test_private_recording_cannot_be_drafted_from_by_others(place: Place, at_desk: SignIn) -> None:
    recording = spoken_recording(place, channel=place.robots)
    erin = at_desk(place.cast.erin)
    assert erin.get(f"/insights/new/?recording={recording.pk}").status_code == 404
    assert erin.post("/insights/new/", text(recording=recording.pk), headers=JSON).status_code == 404
    assert erin.get(f"/insights/transcripts/{recording.pk}").status_code == 404
    assert at_desk(place.cast.alice).get(f"/insights/transcripts/{recording.pk}").status_code == 200


def test_use_of_a_recording_is_known_only_where_the_writer_sees_it(place: Place, at_desk: SignIn) -> None:
    shown, hidden = spoken_recording(place), spoken_recording(place, channel=place.robots)
    body = f"![clip: a](recording:{shown.pk}#t=1,2)\n\n![clip: b](recording:{hidden.pk}#t=1,2)"
    at_desk(place.cast.erin).post("/insights/new/", text(body=body, channel=place.field.pk, action="keep"))
    assert [clip.recording_id for clip in InsightClip.objects.all()] == [shown.pk]


def test_own_recording_is_shared_with_the_channel_when_its_insight_is_kept(place: Place, at_desk: SignIn) -> None:
    recording = spoken_recording(place, owner=place.cast.alice, channel=None)
    body = f"![clip: a](recording:{recording.pk}#t=1,2)"
    page = at_desk(place.cast.alice).get(f"/insights/new/?recording={recording.pk}").content.decode()
    assert "can watch the recording" in page
    at_desk(place.cast.alice).post(
        "/insights/new/", text(body=body, recording=recording.pk, channel=place.field.pk, action="keep")
    )
    recording.refresh_from_db()
    assert recording.channel == place.field
    kept = Insight.objects.get(author=place.cast.alice)
    assert "<td-clip" in at_desk(place.cast.erin).get(kept.get_absolute_url()).content.decode()


def test_own_recording_that_a_later_revision_shows_is_shared_then(place: Place, at_desk: SignIn) -> None:
    mine, hers = (spoken_recording(place, owner=owner, channel=None) for owner in (place.cast.bob, place.cast.alice))
    body = f"{BODY}\n\n![clip: a](recording:{mine.pk}#t=1,2)\n\n![clip: b](recording:{hers.pk}#t=1,2)"
    client, address = at_desk(place.cast.bob), f"/insights/{place.kept.pk}/edit/"
    assert "can watch the recording" in client.get(f"{address}?recording={mine.pk}").content.decode()
    client.post(address, text(title="Cool it first", body=body, base=1, action="keep"))
    mine.refresh_from_db()
    hers.refresh_from_db()
    assert (mine.channel, hers.channel) == (place.field, None)
    assert "<td-clip" in at_desk(place.cast.erin).get(place.kept.get_absolute_url()).content.decode()
    # Taken back to oneself, it stays so; keeping other words is no wish to share it.
    file_recording(actor=acting(place.cast.bob), recording_id=mine.pk, channel_id=None)
    client.post(address, text(title="Cool it first", body=f"{body}\n\nDone.", base=2, action="keep"))
    mine.refresh_from_db()
    assert mine.channel is None


def test_nothing_is_shared_into_an_archived_channel(place: Place, at_desk: SignIn) -> None:
    recording = spoken_recording(place, owner=place.cast.bob, channel=None)
    archive_channel(actor=acting(place.cast.bob), channel_id=place.field.pk)
    body = f"{BODY}\n\n![clip: a](recording:{recording.pk}#t=1,2)"
    address = f"/insights/{place.kept.pk}/edit/"
    at_desk(place.cast.bob).post(address, text(title="Cool it first", body=body, base=1, action="keep"))
    place.kept.refresh_from_db()
    recording.refresh_from_db()
    assert place.kept.body == body
    assert recording.channel is None


def test_editor_and_lists_take_few_queries(
    place: Place, at_desk: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    recording = spoken_recording(place)
    client = at_desk(place.cast.alice)
    address = started(client, recording=recording.pk)["address"]
    client.get(address)
    for page in (
        address,
        "/insights/new/",
        f"/insights/new/?recording={recording.pk}",
        "/library/",
        "/library/drafts/",
    ):
        with django_assert_max_num_queries(15):
            assert client.get(page).status_code == 200
