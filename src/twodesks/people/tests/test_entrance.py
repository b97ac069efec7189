"""Coming in: first run, sign-in, one-time links, invitations."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import PASSWORD, acting, assemble_cast
from twodesks.kit.actor import Role, system
from twodesks.kit.problem import Denied, Invalid
from twodesks.people.models import Invitation, Member, Organisation, SignInLink
from twodesks.people.operations.change_role import change_role
from twodesks.people.operations.deactivate_member import deactivate_member
from twodesks.people.operations.invite import invite
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.operations.send_invitation import send_invitation
from twodesks.people.operations.send_sign_in_link import send_sign_in_link
from twodesks.people.tokens import invitation_token

pytestmark = pytest.mark.django_db

SET_UP = {
    "organisation_name": "Ridgeway",
    "name": "Nadia",
    "email": "nadia@example.org",
    "password": "four words together",
    "time_zone": "Europe/London",
}


def sign_in(client: Client, email: str, password: str = PASSWORD) -> int:
    return client.post("/sign-in/", {"email": email, "password": password}).status_code


def test_an_empty_installation_leads_to_its_set_up_and_makes_its_first_administrator(client: Client) -> None:
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/set-up/"
    assert client.post("/set-up/", SET_UP).status_code == 302
    assert Organisation.objects.get().name == "Ridgeway"
    assert Member.objects.get().role == Role.ADMINISTRATOR
    assert client.get("/me/").status_code == 200


def test_set_up_happens_once(client: Client) -> None:
    client.post("/set-up/", SET_UP)
    Client().post("/set-up/", SET_UP | {"email": "eve@example.org", "organisation_name": "Eve's"})
    assert Organisation.objects.get().name == "Ridgeway"
    assert not Member.objects.filter(email="eve@example.org").exists()


def test_set_up_with_a_weak_password_or_a_bad_address_says_which_field(client: Client) -> None:
    answer = client.post("/set-up/", SET_UP | {"email": "nadia", "password": "short"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"email", "password"}
    assert not Organisation.objects.exists()


@pytest.fixture
def _organisation() -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


@pytest.mark.usefixtures("_organisation")
def test_a_member_signs_in_whatever_the_case_of_the_address(client: Client) -> None:
    assemble_cast()
    assert sign_in(client, "ALICE@example.org") == 302
    assert client.get("/me/").status_code == 200


@pytest.mark.usefixtures("_organisation")
def test_a_wrong_password_and_an_unknown_address_answer_alike(client: Client) -> None:
    assemble_cast()
    wrong = client.post("/sign-in/", {"email": "alice@example.org", "password": "nope nope nope"})
    unknown = client.post("/sign-in/", {"email": "zoe@example.org", "password": "nope nope nope"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["form"].errors == unknown.context["form"].errors


@pytest.mark.usefixtures("_organisation")
def test_tries_are_limited_and_the_right_password_has_to_wait_too(client: Client) -> None:
    assemble_cast()
    for _ in range(8):
        assert sign_in(client, "alice@example.org", "nope nope nope") == 422
    assert sign_in(client, "alice@example.org") == 429


@pytest.mark.usefixtures("_organisation")
def test_next_leads_only_within_this_site(client: Client) -> None:
    assemble_cast()
    data = {"email": "alice@example.org", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/sign-in/", data)["Location"] == "/"
    client.logout()
    assert client.post("/sign-in/", data | {"next": "/me/"})["Location"] == "/me/"


@pytest.mark.usefixtures("_organisation")
def test_a_closed_account_cannot_come_in_and_its_sessions_end(client: Client) -> None:
    cast = assemble_cast()
    sign_in(client, "erin@example.org")
    deactivate_member(actor=acting(cast.dave), member_id=cast.erin.pk)
    assert client.get("/me/").status_code == 302
    assert sign_in(client, "erin@example.org") == 422
    with pytest.raises(Denied):
        deactivate_member(actor=acting(cast.alice), member_id=cast.bob.pk)


@pytest.mark.usefixtures("_organisation")
def test_a_sign_in_link_works_once_and_not_by_being_looked_at(client: Client) -> None:
    cast = assemble_cast()
    token = make_sign_in_link(actor=system(), member_id=cast.bob.pk)
    assert client.get(f"/sign-in/link/{token}/").status_code == 200
    assert client.post(f"/sign-in/link/{token}/").status_code == 302
    assert client.get("/me/").context["member"] == cast.bob
    assert Client().post(f"/sign-in/link/{token}/").status_code == 404
    assert token not in SignInLink.objects.get().token_hash


@pytest.mark.usefixtures("_organisation")
def test_a_sign_in_link_runs_out(client: Client) -> None:
    cast = assemble_cast()
    token = make_sign_in_link(actor=system(), member_id=cast.bob.pk, valid_for=timedelta(seconds=-1))
    assert client.post(f"/sign-in/link/{token}/").status_code == 404
    with pytest.raises(Denied):
        make_sign_in_link(actor=acting(cast.dave), member_id=cast.bob.pk)


@pytest.mark.usefixtures("_organisation")
def test_signing_out_everywhere_ends_other_sessions_too() -> None:
    assemble_cast()
    laptop, phone = Client(), Client()
    sign_in(laptop, "alice@example.org")
    sign_in(phone, "alice@example.org")
    laptop.post("/me/sign-out-everywhere/")
    assert laptop.get("/me/").status_code == phone.get("/me/").status_code == 302
    assert sign_in(phone, "alice@example.org") == 302


@pytest.mark.usefixtures("_organisation")
def test_somebody_invited_by_mail_joins_with_that_address_only(client: Client) -> None:
    cast = assemble_cast()
    invitation = invite(actor=acting(cast.alice), email="zoe@example.org")
    send_invitation(invitation_id=invitation.pk)
    token = invitation_token(invitation.pk)
    assert mail.outbox[0].to == ["zoe@example.org"]
    assert f"/join/{token}/" in str(mail.outbox[0].body)
    joined = {"name": "Zoë", "email": "mallory@example.org", "password": "four words together", "time_zone": "UTC"}
    assert client.post(f"/join/{token}/", joined).status_code == 302
    assert Member.objects.get(name="Zoë").email == "zoe@example.org"
    assert Client().post(f"/join/{token}/", joined).status_code == 404


@pytest.mark.usefixtures("_organisation")
def test_a_link_lets_several_in_until_it_is_taken_back(client: Client) -> None:
    cast = assemble_cast()
    sign_in(client, "alice@example.org")
    client.post("/people/invite/", {"email": ""})
    invitation = Invitation.objects.get()
    token = invitation_token(invitation.pk)
    for name in ("Yan", "Xia"):
        data = {"name": name, "email": f"{name}@example.org", "password": "four words together", "time_zone": "UTC"}
        assert Client().post(f"/join/{token}/", data).status_code == 302
    other = Client()
    sign_in(other, "erin@example.org")
    assert other.post(f"/people/invite/{invitation.pk}/revoke/").status_code == 404
    assert client.post(f"/people/invite/{invitation.pk}/revoke/").status_code == 302
    assert Client().get(f"/join/{token}/").status_code == 404
    assert cast.alice.invitations_sent.count() == 1


@pytest.mark.usefixtures("_organisation")
def test_an_invitation_cannot_be_forged_or_run_out_quietly(client: Client) -> None:
    cast = assemble_cast()
    invitation = invite(actor=acting(cast.alice))
    assert client.get(f"/join/{invitation.pk}:forged/").status_code == 404
    Invitation.objects.update(expires_at=timezone.now())
    assert client.get(f"/join/{invitation_token(invitation.pk)}/").status_code == 404


@pytest.mark.usefixtures("_organisation")
def test_only_administrators_invite_administrators_and_the_last_one_stays() -> None:
    cast = assemble_cast()
    with pytest.raises(Denied):
        invite(actor=acting(cast.alice), role=Role.ADMINISTRATOR)
    with pytest.raises(Invalid):
        invite(actor=acting(cast.alice), email="bob@example.org")
    with pytest.raises(Denied):
        change_role(actor=acting(cast.dave), member_id=cast.dave.pk, role=Role.MEMBER)
    change_role(actor=acting(cast.dave), member_id=cast.carol.pk, role=Role.ADMINISTRATOR)
    change_role(actor=acting(cast.dave), member_id=cast.dave.pk, role=Role.MEMBER)
    assert Member.objects.get(pk=cast.dave.pk).role == Role.MEMBER


@pytest.mark.usefixtures("_organisation")
def test_where_mail_is_sent_links_are_mailed(client: Client) -> None:
    cast = assemble_cast()
    sign_in(client, "alice@example.org")
    client.post("/people/invite/", {"email": "zoe@example.org"})
    assert "on its way" in Client().post("/sign-in/link/", {"email": "bob@example.org"}).content.decode()
    assert waiting_jobs() == ["people.send_invitation", "people.send_sign_in_link"]
    send_sign_in_link(member_id=cast.bob.pk)
    assert mail.outbox[0].to == ["bob@example.org"]


@pytest.mark.usefixtures("_organisation")
def test_where_no_mail_is_sent_no_link_is_written_into_the_log(
    client: Client, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"  # what stands there without EMAIL_URL
    cast = assemble_cast()
    sign_in(client, "alice@example.org")
    page = client.post("/people/invite/", {"email": "zoe@example.org"}, follow=True).content.decode()
    invitation = Invitation.objects.get()
    assert "pass the link below on to zoe@example.org" in page
    assert f"/join/{invitation_token(invitation.pk)}/" in page
    asked = Client().post("/sign-in/link/", {"email": "bob@example.org"})
    assert asked.status_code == 503
    assert "Ask whoever runs this server" in asked.content.decode()
    assert "Ask whoever runs this server" in Client().get("/sign-in/link/").content.decode()
    assert waiting_jobs() == []
    # Those that were deferred while there was a mail server.
    send_invitation(invitation_id=invitation.pk)
    send_sign_in_link(member_id=cast.bob.pk)
    assert capsys.readouterr().out == ""


def waiting_jobs() -> list[str]:
    waiting = ProcrastinateJob.objects.filter(status="todo", task_name__startswith="people.")
    return sorted(waiting.values_list("task_name", flat=True))
