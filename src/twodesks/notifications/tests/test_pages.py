"""The pages of notifications: what they show, what they cost, and that they work without script."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, acting
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.notifications.engine.kinds import KINDS
from twodesks.notifications.models import Notification, NotificationChoice, NotificationHours
from twodesks.notifications.queries.reading import news_for
from twodesks.notifications.tests.rooms import News, ask, room, say
from twodesks.people.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(db: None) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


def lively(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol, cast.alice)
    for _ in range(8):
        question = ask(cast.alice, channel, of=cast.bob)
        say(cast.carol, question)
        say(cast.bob, question)
    news.travels()


def test_the_page_of_a_new_member_says_what_will_be_there(cast: Cast, client: Client) -> None:
    client.force_login(cast.erin)
    assert "Nothing to tell you yet" in client.get("/notifications/").content.decode()
    assert "Nothing yet." in client.get("/notifications/panel/").content.decode()


def test_lists_are_parted_by_who_waits_what_came_of_it_and_what_is_good_to_know(
    cast: Cast, news: News, client: Client
) -> None:
    channel = room(cast.bob, cast.carol)
    question = ask(cast.alice, channel, of=cast.bob)
    say(cast.carol, question)
    news.travels()
    client.force_login(cast.bob)
    for address in ("/notifications/", "/notifications/panel/"):
        page = client.get(address).content.decode()
        assert "Somebody waits for you" in page
        assert "Alice Asker asks you" in page
        assert "the channel hears of it at" in page
    client.force_login(cast.alice)
    assert "Carol Curator answers" in client.get("/notifications/panel/").content.decode()


def test_the_bell_tells_how_many_are_new_and_home_who_waits(cast: Cast, news: News, client: Client) -> None:
    ask(cast.alice, room(cast.bob), of=cast.bob)
    news.travels()
    client.force_login(cast.bob)
    home = client.get("/").content.decode()
    assert ">Notifications, 1 new<" in home
    assert "question waits</span>" not in home
    assert '1<span class="vh"> question waits for you</span>' in home
    badge = client.get("/notifications/badge/").content.decode()
    assert 'data-new="1"' in badge
    assert 'hx-swap-oob="true"' in badge
    client.force_login(cast.erin)
    assert ">Notifications<" in client.get("/").content.decode()


def test_opening_one_goes_there_and_counts_as_having_looked(cast: Cast, news: News, client: Client) -> None:
    question = ask(cast.alice, room(cast.bob))
    said = say(cast.bob, question)
    news.travels()
    one = Notification.objects.get(member=cast.alice)
    client.force_login(cast.erin)
    assert client.get(f"/notifications/open/{one.key}/").status_code == 404
    client.force_login(cast.alice)
    answer = client.get(f"/notifications/open/{one.key}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/messages/{said.pk}/"
    assert news_for(acting(cast.alice)).new == 0


def test_all_read_and_read_by_the_page_that_shows_it(cast: Cast, news: News, client: Client) -> None:
    channel = room(cast.bob)
    first, second = ask(cast.alice, channel), ask(cast.alice, channel)
    say(cast.bob, first)
    say(cast.bob, second)
    news.travels()
    client.force_login(cast.alice)
    seen = client.post("/notifications/seen/", {"about": f"conversation:{first.pk}"}, headers={"HX-Request": "true"})
    assert seen.status_code == 204
    assert news_for(acting(cast.alice)).new == 1
    assert client.post("/notifications/seen/").status_code == 302
    assert news_for(acting(cast.alice)).new == 0


def test_guests_are_asked_to_sign_in(db: None, client: Client) -> None:
    for address in ("/notifications/", "/notifications/panel/", "/me/notifications/"):
        assert client.get(address).status_code == 302


def test_choices_are_saved_by_the_form_and_shown_again(cast: Cast, client: Client) -> None:
    channel = room(cast.bob)
    follow_channel(actor=acting(cast.erin), channel_id=channel.pk)
    client.force_login(cast.erin)
    page = client.get("/me/notifications/").content.decode()
    assert "#field-calibration" in page
    assert "A question is put to you" in page
    sent = {
        "how-thanked": "never", f"how-question-{channel.pk}": "mail", "digest_hour": "7",
        "quiet_from": "18", "quiet_until": "8",
    }  # fmt: skip
    assert client.post("/me/notifications/", sent).status_code == 302
    assert set(NotificationChoice.objects.values_list("kind", "channel", "how")) == {
        ("thanked", None, "never"),
        ("question", channel.pk, "mail"),
    }
    hours = NotificationHours.objects.get(member=cast.erin)
    assert (hours.digest_hour, hours.quiet_from, hours.quiet_until) == (7, 18, 8)
    assert "No mail from 18:00 to 08:00." in client.get("/notifications/panel/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"how-thanked": "pigeon"},
        {"digest_hour": "25"},
        {"digest_hour": "soon"},
        {"quiet_from": "1", "quiet_until": "99"},
    ],
)
def test_choices_that_do_not_hold_are_refused_in_words(cast: Cast, client: Client, sent: dict[str, str]) -> None:
    client.force_login(cast.erin)
    answer = client.post("/me/notifications/", sent)
    assert answer.status_code == 422
    assert "Choose" in answer.content.decode()
    assert not NotificationChoice.objects.exists()
    assert not NotificationHours.objects.exists()


@pytest.mark.parametrize(
    "address", ["/notifications/", "/notifications/panel/", "/me/notifications/", "/notifications/badge/"]
)
def test_pages_cost_a_fixed_number_of_queries(cast: Cast, news: News, client: Client, address: str) -> None:
    lively(cast, news)
    client.force_login(cast.bob)
    with CaptureQueriesContext(
        connection,
    ) as spent:
        assert client.get(address).status_code == 200
    assert len(spent) <= 8, [query["sql"][:100] for query in spent]


def test_every_kind_is_chosen_for_one_channel_on_its_page(cast: Cast, client: Client) -> None:
    channel, private = room(cast.bob), room(cast.bob, name="leads", private=True)
    client.force_login(cast.erin)
    address = f"/me/notifications/channels/{channel.pk}/"
    assert f'href="{address}"' in client.get(f"/channels/{channel.slug}/").content.decode()
    assert client.get(address).content.decode().count("As everywhere") == len(KINDS)
    assert client.post(address, {"how-mentioned": "never", "how-asked": ""}).status_code == 302
    chosen = NotificationChoice.objects.values_list("member", "kind", "channel", "how")
    assert list(chosen) == [(cast.erin.pk, "mentioned", channel.pk, "never")]
    assert "never" in client.get(address).content.decode()
    refused = client.post(address, {"how-mentioned": "pigeon"})
    assert (refused.status_code, NotificationChoice.objects.get().how) == (422, "never")
    for gone in (private.pk, 99_999):
        assert client.get(f"/me/notifications/channels/{gone}/").status_code == 404
        assert client.post(f"/me/notifications/channels/{gone}/", {"how-asked": "mail"}).status_code == 404
