"""Notifications by e-mail: at once and gathered, the digest, headers, quiet hours, and how to stop them."""

import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db.models import F
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import Cast, acting
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.models import ConversationFollowing
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.mark_conversation_seen import mark_conversation_seen
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.kit.problem import NotFound
from twodesks.notifications.engine.hours import digest_due, is_quiet, quiet_left
from twodesks.notifications.models import Notification, NotificationHours
from twodesks.notifications.operations.choose_notifications import choose_notifications
from twodesks.notifications.operations.send_digest import defer_digests, send_digest
from twodesks.notifications.operations.send_notification_mail import send_notification_mail
from twodesks.notifications.operations.stop_mail import stop_mail
from twodesks.notifications.tests.rooms import News, ask, room, say, told
from twodesks.people.models import Member, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(db: None, settings: LazySettings) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")
    settings.BASE_URL = "https://learn.example.org"
    settings.DEFAULT_FROM_EMAIL = "Twodesks <twodesks@learn.example.org>"
    settings.MAIL_REPLY_ADDRESS = "reply@learn.example.org"


def outbox() -> list[EmailMultiAlternatives]:
    return [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]


def waiting_jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


def html_of(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_an_answer_is_mailed_with_its_words_and_a_way_to_reply(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob))
    say(cast.bob, question, "Flat **and** clean, see [the channel](/channels/field-calibration/) @Alice Asker")
    news.travels()
    assert waiting_jobs("notifications.send_notification_mail") == 1
    assert send_notification_mail(member_id=cast.alice.pk) == 1
    (sent,) = outbox()
    assert sent.to == ["alice@example.org"]
    assert sent.subject == "Re: Does the mat have to be flat?"
    assert "Bob Explainer via Ridgeway" in sent.from_email
    assert "twodesks@learn.example.org" in sent.from_email
    assert "Flat **and** clean" in sent.body
    assert "@Alice Asker" in sent.body
    assert "/people/" not in sent.body
    assert "<strong>and</strong>" in html_of(sent)
    assert 'href="https://learn.example.org/channels/field-calibration/"' in html_of(sent)
    assert re.fullmatch(r"reply\+[a-z2-7]{34}@learn\.example\.org", sent.reply_to[0])
    headers = sent.extra_headers
    assert headers["References"] == headers["In-Reply-To"] == f"<conversation-{question.pk}@learn.example.org>"
    assert headers["List-Id"] == "#field-calibration <field-calibration.learn.example.org>"
    assert headers["List-Unsubscribe"].startswith("<https://learn.example.org/notifications/stop/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["Auto-Submitted"] == "auto-generated"
    # The job does the same thing again, and nothing goes out twice.
    assert send_notification_mail(member_id=cast.alice.pk) == 0
    assert len(mail.outbox) == 1


def test_mail_fetches_nothing_when_it_is_read(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob))
    say(cast.bob, question, "![](https://tracker.example/pixel.png) <img src=x onerror=alert(1)> Look")
    news.travels()
    send_notification_mail(member_id=cast.alice.pk)
    html = html_of(outbox()[0])
    assert "<img" not in html
    assert not re.search(r"<[^>]*(src|srcset|background|onerror)\s*=", html)
    assert not re.search(r"url\(|@import|<link|<script|<iframe", html)


def test_a_lively_thread_is_one_mail(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob))
    for words in ("On a table.", "On the floor.", "On the mat."):
        say(cast.bob, question, words)
    news.travels()
    assert waiting_jobs("notifications.send_notification_mail") == 1
    assert send_notification_mail(member_id=cast.alice.pk) == 1
    body = outbox()[0].body
    assert body.index("On a table.") < body.index("On the floor.") < body.index("On the mat.")


def test_each_conversation_has_a_mail_of_its_own(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    for _ in range(2):
        say(cast.bob, ask(cast.alice, channel))
    news.travels()
    assert send_notification_mail(member_id=cast.alice.pk) == 2
    assert len({one.extra_headers["Message-ID"] for one in outbox()}) == 2


def test_what_was_read_or_removed_meanwhile_is_not_mailed(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    read, removed = ask(cast.alice, channel), ask(cast.alice, channel)
    say(cast.bob, read)
    gone = say(cast.bob, removed)
    news.travels()
    mark_conversation_seen(actor=acting(cast.alice), conversation_id=read.pk)
    remove_message(actor=acting(cast.bob), message_id=gone.pk)
    assert send_notification_mail(member_id=cast.alice.pk) == 0
    assert mail.outbox == []


def test_somebody_taken_out_of_a_private_channel_gets_no_mail_of_it(cast: Cast, news: News) -> None:
    private = room(cast.bob, name="leads", private=True)
    add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    say(cast.bob, ask(cast.alice, private))
    news.travels()
    remove_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    assert send_notification_mail(member_id=cast.alice.pk) == 0


def everything(message: EmailMultiAlternatives) -> str:
    return str(message.message()) + message.body + html_of(message)


def test_mails_name_no_hidden_asker(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    choose_notifications(actor=acting(cast.carol), hows={("question", None): "mail"}, keep_hours=True)
    question = ask(cast.alice, channel, anonymous=True, body="How, @Bob Explainer?")
    answer = say(cast.bob, question)
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="Got going.")
    news.travels()
    for member in (cast.bob, cast.carol, cast.alice):
        send_notification_mail(member_id=member.pk)
    to = {one.to[0]: one for one in outbox()}
    assert set(to) == {"alice@example.org", "bob@example.org", "carol@example.org"}
    for address in ("bob@example.org", "carol@example.org"):
        shown = everything(to[address])
        assert "alice" not in shown.lower()
    assert "Whoever asked via Ridgeway" in to["carol@example.org"].from_email
    # Nothing in one mail counts the others: what is random in the headers is, and what is not is the same for all.
    ids = [one.extra_headers["Message-ID"] for one in to.values()]
    assert all(re.fullmatch(r"<[0-9a-f]{8}-[0-9a-f-]{27}@learn\.example\.org>", one) for one in ids)
    assert len({one.extra_headers["References"] for one in to.values()}) == 1


def test_a_mail_server_that_is_away_loses_nothing(cast: Cast, news: News, monkeypatch: pytest.MonkeyPatch) -> None:
    say(cast.bob, ask(cast.alice, room(cast.bob)))
    news.travels()

    def gone(self: EmailBackend, messages: object) -> int:
        raise SMTPServerDisconnected("Connection unexpectedly closed")

    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", gone)
        assert send_notification_mail(member_id=cast.alice.pk, tries=3) == 0
    assert Notification.objects.get(member=cast.alice).mailed_at is None
    assert waiting_jobs("notifications.send_notification_mail") == 1
    assert send_notification_mail(member_id=cast.alice.pk) == 1


def test_without_a_mail_server_nothing_is_written_into_the_log(
    cast: Cast, news: News, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    say(cast.bob, ask(cast.alice, room(cast.bob)))
    news.travels()
    assert waiting_jobs("notifications.send_notification_mail") == 0
    assert send_notification_mail(member_id=cast.alice.pk) == 0
    assert send_digest(member_id=cast.alice.pk) is False
    assert capsys.readouterr().out == ""


def test_mail_waits_for_the_end_of_quiet_hours(cast: Cast, news: News) -> None:
    now = timezone.now()
    choose_notifications(actor=acting(cast.alice), digest_hour=8, quiet=(now.hour, (now + timedelta(hours=3)).hour))
    say(cast.bob, ask(cast.alice, room(cast.bob)))
    news.travels()
    job = ProcrastinateJob.objects.get(task_name="notifications.send_notification_mail", status="todo")
    assert job.scheduled_at is not None
    assert timedelta(hours=2) <= job.scheduled_at - now + timedelta(seconds=5) <= timedelta(hours=3)
    assert send_notification_mail(member_id=cast.alice.pk) == 0
    assert mail.outbox == []
    assert Notification.objects.get(member=cast.alice).mailed_at is None


@pytest.mark.parametrize(
    ("hour", "quiet_from", "quiet_until", "quiet"),
    [(23, 22, 7, True), (3, 22, 7, True), (7, 22, 7, False), (12, 9, 17, True), (17, 9, 17, False), (5, 5, 5, False)],
)
def test_quiet_hours_may_go_over_midnight(hour: int, quiet_from: int, quiet_until: int, quiet: bool) -> None:
    assert is_quiet(hour, quiet_from, quiet_until) is quiet


def test_quiet_hours_and_digests_are_of_the_members_own_day() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert quiet_left(noon, "Asia/Tokyo", 20, 7) == timedelta(hours=10)
    assert quiet_left(noon, "Europe/London", 20, 7) == timedelta()
    assert quiet_left(noon, "Nowhere/Land", 11, 13) == timedelta(hours=1)
    due = digest_due(noon, "America/New_York", 8, None)
    assert due is not None
    assert due.astimezone(UTC) == noon
    assert digest_due(noon, "America/New_York", 8, due.date()) is None
    assert digest_due(noon, "America/Los_Angeles", 8, None) is None
    assert digest_due(noon, "America/New_York", None, None) is None


def digest_hour_now(member: Member) -> None:
    """So that a digest is due: news from before the hour, and the hour is this one."""
    hour = timezone.now().hour
    choose_notifications(actor=acting(member), digest_hour=hour)
    before = timedelta(hours=2)
    Notification.objects.filter(member=member).update(made_at=F("made_at") - before)
    ConversationFollowing.objects.filter(member=member).update(seen_at=F("seen_at") - before)


def test_the_digest_gathers_the_day_once(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    question = ask(cast.alice, channel)
    ask(cast.alice, channel)
    say(cast.carol, question)
    say(cast.bob, question, "Both.")
    news.travels()
    digest_hour_now(cast.carol)
    assert defer_digests() >= 1
    assert waiting_jobs("notifications.send_digest") >= 1
    assert send_digest(member_id=cast.carol.pk) is True
    (sent,) = outbox()
    assert sent.subject == "Your day: 2 things worth a look"
    assert "Alice Asker asks “Does the mat have to be flat?”" in sent.body
    assert "Bob Explainer writes in" in sent.body
    assert "https://learn.example.org/notifications/open/" in html_of(sent)
    assert sent.extra_headers["List-Unsubscribe"]
    # Its job comes twice, or an hour later: nothing more.
    assert send_digest(member_id=cast.carol.pk) is False
    assert len(mail.outbox) == 1
    assert NotificationHours.objects.get(member=cast.carol).digest_sent_on == timezone.now().date()


def test_no_digest_without_news_or_wish(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    digest_hour_now(cast.erin)
    assert send_digest(member_id=cast.erin.pk) is False
    ask(cast.alice, channel)
    news.travels()
    choose_notifications(actor=acting(cast.carol), digest_hour=None)
    assert send_digest(member_id=cast.carol.pk) is False
    assert mail.outbox == []


def stop_address(sent: EmailMultiAlternatives) -> str:
    found = re.search(
        r"<https://learn\.example\.org(/notifications/stop/[^>]+)>", sent.extra_headers["List-Unsubscribe"]
    )
    assert found is not None
    return found[1]


def test_one_click_stops_mails_about_a_conversation_without_signing_in(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob))
    say(cast.bob, question)
    news.travels()
    send_notification_mail(member_id=cast.alice.pk)
    address = stop_address(outbox()[0])
    client = Client(enforce_csrf_checks=True)
    asked = client.get(address)
    assert asked.status_code == 200
    assert "No more mails like that one?" in asked.content.decode()
    say(cast.bob, question, "And dry.")
    news.travels()
    assert len(told(cast.alice)) == 2
    done = client.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert done.status_code == 200
    say(cast.bob, question, "And level.")
    news.travels()
    assert len(told(cast.alice)) == 2


def test_one_click_keeps_a_kind_to_the_page_and_ends_the_digest(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob, cast.carol))
    answer = say(cast.bob, question)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk)
    news.travels()
    send_notification_mail(member_id=cast.bob.pk)
    client = Client()
    assert client.post(stop_address(outbox()[-1])).status_code == 200
    thank_for_message(actor=acting(cast.erin), message_id=answer.pk)
    news.travels()
    assert Notification.objects.filter(member=cast.bob, kind="thanked").latest("pk").how == "page"
    digest_hour_now(cast.carol)
    send_digest(member_id=cast.carol.pk)
    assert client.post(stop_address(outbox()[-1])).status_code == 200
    assert NotificationHours.objects.get(member=cast.carol).digest_hour is None


def test_stopping_a_kind_stops_it_where_a_channel_asks_for_it_too(cast: Cast, news: News, client: Client) -> None:
    channel = room(cast.bob)
    choose_notifications(actor=acting(cast.bob), hows={("asked", channel.pk): "mail"}, keep_hours=True)
    ask(cast.alice, channel, of=cast.bob)
    news.travels()
    assert send_notification_mail(member_id=cast.bob.pk) == 1
    assert client.post(stop_address(outbox()[-1])).status_code == 200
    ask(cast.alice, channel, of=cast.bob)
    news.travels()
    assert send_notification_mail(member_id=cast.bob.pk) == 0
    assert Notification.objects.filter(member=cast.bob, how="page").count() == 1


def test_a_made_up_link_stops_nothing(cast: Cast, client: Client) -> None:
    assert client.post("/notifications/stop/not-a-token/").status_code == 404
    with pytest.raises(NotFound):
        stop_mail(token="WzEsImRpZ2VzdCJd:1abc:signature")
