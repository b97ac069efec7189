"""This helped, this did not work, thanks, credits, checks: success and refusal side by side."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import acting
from twodesks.activity.models import Statement
from twodesks.insights.models import Credit, Insight, Thanks, Verdict
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.tests.conftest import Place
from twodesks.people.models import Member

SignIn = Callable[[Member], Client]


def verbs(insight: Insight) -> list[str]:
    found = Statement.objects.filter(object_type="insight", object_id=insight.pk).order_by("pk")
    return list(found.values_list("verb", flat=True))


def test_verdict_is_counted_replaced_and_taken_back(place: Place, at_desk: SignIn) -> None:
    client, address = at_desk(place.cast.alice), f"/insights/{place.kept.pk}/verdict"
    assert client.post(address, {"outcome": "helped"}).status_code == 302
    client.post(address, {"outcome": "helped"})
    place.kept.refresh_from_db()
    assert place.kept.helped_count == 1
    client.post(address, {"outcome": "did-not-work", "reason": "The mat was wet."})
    place.kept.refresh_from_db()
    assert place.kept.helped_count == 0
    (verdict,) = Verdict.objects.filter(insight=place.kept)
    assert (verdict.outcome, verdict.reason) == ("did-not-work", "The mat was wet.")
    client.post(address, {"outcome": "retract"})
    assert not Verdict.objects.filter(insight=place.kept).exists()
    assert verbs(place.kept)[-4:] == ["helped", "helped", "did-not-work", "retracted"]


def test_verdict_without_reason_or_sense_is_refused_in_place(place: Place, at_desk: SignIn) -> None:
    client, address = at_desk(place.cast.alice), f"/insights/{place.kept.pk}/verdict"
    refused = client.post(address, {"outcome": "did-not-work", "reason": "  "})
    assert refused.status_code == 422
    assert "Say what happened instead" in refused.content.decode()
    assert client.post(address, {"outcome": "splendid"}).status_code == 422
    too_long = client.post(address, {"outcome": "did-not-work", "reason": "x" * 501}, headers={"HX-Request": "true"})
    assert too_long.status_code == 422
    assert "x" * 501 in too_long.content.decode()
    assert not Verdict.objects.exists()


def test_verdict_by_script_answers_with_its_part_of_the_page(place: Place, at_desk: SignIn) -> None:
    client, address = at_desk(place.cast.alice), f"/insights/{place.kept.pk}/verdict"
    html = client.post(address, {"outcome": "helped"}, headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<section class="helped" id="helped"')
    assert "Helped 1 person." in html
    assert "Take it back" in html


def test_who_explained_it_cannot_say_that_it_helped(place: Place, at_desk: SignIn) -> None:
    refused = at_desk(place.cast.bob).post(f"/insights/{place.kept.pk}/verdict", {"outcome": "helped"})
    assert refused.status_code == 403
    assert not Verdict.objects.exists()


def test_reports_put_it_in_doubt_and_a_check_settles_them(place: Place, at_desk: SignIn) -> None:
    for member in (place.cast.alice, place.cast.erin):
        mark_did_not_work(actor=acting(member), insight_id=place.kept.pk, reason="No.")
    address = f"/insights/{place.kept.pk}-cool-it-first/"
    client = at_desk(place.cast.carol)
    assert "In doubt, 2 said it didn’t work" in client.get(address).content.decode()
    assert "In doubt, 2 said it didn’t work" in client.get("/library/").content.decode()
    assert at_desk(place.cast.erin).post(f"/insights/{place.kept.pk}/check").status_code == 403
    client.post(f"/insights/{place.kept.pk}/check")
    assert "Fresh, checked today" in client.get(address).content.decode()
    assert "Carol checked it today" in client.get(address).content.decode()
    assert "Fresh, checked today" in client.get("/library/").content.decode()


def test_unread_for_half_a_year_is_ageing(place: Place, at_desk: SignIn) -> None:
    long_ago = timezone.now() - timedelta(days=200)
    Insight.objects.filter(pk=place.kept.pk).update(published_at=long_ago, changed_at=long_ago)
    client = at_desk(place.cast.erin)
    assert "Ageing, last looked at" in client.get(f"/insights/{place.kept.pk}-cool-it-first/").content.decode()
    assert "Ageing, last looked at" in client.get("/library/").content.decode()


def test_thanks_go_to_the_people_credited_once(place: Place, at_desk: SignIn) -> None:
    client, address = at_desk(place.cast.alice), f"/insights/{place.kept.pk}/thanks"
    assert client.post(address, {"receiver": place.cast.bob.pk, "words": "It works"}).status_code == 302
    client.post(address, {"receiver": place.cast.bob.pk, "words": "It still works"})
    (thanks,) = Thanks.objects.all()
    assert (thanks.giver, thanks.receiver, thanks.words) == (place.cast.alice, place.cast.bob, "It still works")
    assert verbs(place.kept).count("thanked") == 1
    assert "It still works" in client.get(f"/insights/{place.kept.pk}-cool-it-first/").content.decode()


@pytest.mark.parametrize(
    ("giver", "receiver"), [("bob", "bob"), ("alice", "erin"), ("alice", ""), ("alice", "99999999999")]
)
def test_thanks_to_oneself_or_strangers_are_refused(place: Place, at_desk: SignIn, giver: str, receiver: str) -> None:
    to = getattr(place.cast, receiver).pk if receiver.isalpha() else receiver
    client = at_desk(getattr(place.cast, giver))
    assert client.post(f"/insights/{place.kept.pk}/thanks", {"receiver": to}).status_code == 422
    assert not Thanks.objects.exists()


def test_credits_are_given_and_taken_away_by_whom_they_concern(place: Place, at_desk: SignIn) -> None:
    address = f"/insights/{place.kept.pk}/credits"
    given = at_desk(place.cast.alice).post(
        address, {"member": place.cast.erin.pk, "role": "asked"}, headers={"HX-Request": "true"}
    )
    assert "Erin Elsewhere" in given.content.decode()
    credit = Credit.objects.get(member=place.cast.erin)
    assert at_desk(place.cast.dave).post(address, {"remove": credit.pk}).status_code == 302  # administrators curate
    credit = Credit.objects.create(insight=place.kept, member=place.cast.erin, role="asked", given_by=place.cast.bob)
    stranger = at_desk(place.cast.alice).post(address, {"remove": credit.pk})
    assert stranger.status_code == 403
    assert at_desk(place.cast.erin).post(address, {"remove": credit.pk}).status_code == 302
    assert not Credit.objects.filter(member=place.cast.erin).exists()
    assert at_desk(place.cast.alice).post(address, {"member": place.cast.erin.pk, "role": "wizard"}).status_code == 422
    assert at_desk(place.cast.alice).post(address, {"member": "", "role": "asked"}).status_code == 422
    other = Credit.objects.get(insight=place.secret)
    assert at_desk(place.cast.bob).post(address, {"remove": other.pk}).status_code == 404


def test_withdrawn_is_the_authors_alone_and_comes_back(place: Place, at_desk: SignIn) -> None:
    address = f"/insights/{place.kept.pk}-cool-it-first/"
    assert at_desk(place.cast.alice).post(f"/insights/{place.kept.pk}/withdraw").status_code == 403
    at_desk(place.cast.bob).post(f"/insights/{place.kept.pk}/withdraw")
    assert at_desk(place.cast.alice).get(address).status_code == 404
    assert "Cool it first" not in at_desk(place.cast.alice).get("/library/").content.decode()
    assert "This is withdrawn" in at_desk(place.cast.bob).get(address).content.decode()
    at_desk(place.cast.bob).post(f"/insights/{place.kept.pk}/reinstate")
    assert at_desk(place.cast.alice).get(address).status_code == 200
    assert verbs(place.kept)[-2:] == ["withdrew", "reinstated"]


def test_curator_withdraws_and_lands_in_the_library(place: Place, at_desk: SignIn) -> None:
    gone = at_desk(place.cast.carol).post(f"/insights/{place.kept.pk}/withdraw")
    assert gone.headers["Location"] == "/library/"


def test_moving_changes_who_sees_it(place: Place, at_desk: SignIn) -> None:
    move = f"/insights/{place.kept.pk}/move"
    assert at_desk(place.cast.erin).post(move, {"channel": place.robots.pk}).status_code == 403
    assert at_desk(place.cast.carol).post(move, {"channel": place.robots.pk}).status_code == 404
    assert at_desk(place.cast.bob).post(move, {"channel": "x"}).status_code == 422
    assert at_desk(place.cast.bob).post(move, {"channel": place.robots.pk}).status_code == 302
    assert at_desk(place.cast.erin).get(f"/insights/{place.kept.pk}-cool-it-first/").status_code == 404
    statement = Statement.objects.get(verb="moved")
    assert (statement.channel_id, statement.context) == (place.robots.pk, {"before_channel_id": place.field.pk})
