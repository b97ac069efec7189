"""What every answer of a web process has, whatever page it is."""

import asyncio
import json
import logging
import re
from typing import Any

import pytest
import structlog
from django.db import OperationalError, connection
from django.test import Client, RequestFactory, override_settings
from structlog.testing import capture_logs

from tests.cast import Cast
from twodesks.project import front
from twodesks.web import errors


@pytest.fixture
def patient() -> Client:
    """A client that shows the page of what went wrong rather than the exception."""
    return Client(raise_request_exception=False)


def test_pages_run_our_own_files_and_nothing_else(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    answer = client.get("/")
    policy = dict(rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "microphone=(self)" in answer["Permissions-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_object_store_is_let_in_for_media_alone() -> None:
    with override_settings(MEDIA_ORIGINS=["https://store.example"]):
        policy = Client().get("/healthz/none")["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert "https://store.example" in rules["media-src"]
    assert "https://store.example" not in rules["script-src"]


@pytest.mark.django_db
def test_lost_page_says_so_without_a_layout_of_others(cast: Cast, client: Client) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
    assert client.get("/no/such/page", headers={"Accept": "application/json"}).json()["status"] == 404


@pytest.mark.django_db
def test_database_that_is_away_is_told_as_a_pause(cast: Cast, patient: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    patient.force_login(cast.alice)

    def away(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection: private details")

    monkeypatch.setattr("twodesks.web.views.home.member_actor", away)
    answer = patient.get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert "private" not in answer.content.decode()


def test_defect_gives_a_number_to_tell_the_administrator(patient: Client) -> None:
    request = RequestFactory().get("/")
    request.request_id = "abc123"  # type: ignore[attr-defined]
    answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "abc123" in answer.content.decode()


@pytest.mark.django_db
def test_form_from_a_page_long_open_is_refused_in_words(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/sign-in/", {"email": "a@example.org"})
    assert answer.status_code == 403
    assert "open for a while" in answer.content.decode()


@pytest.mark.django_db
def test_page_from_before_signing_in_again_can_tell_that_its_token_is_stale(cast: Cast) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"Accept": "application/json"})
    strict.force_login(cast.bob)

    def token() -> str:
        page = strict.get("/record/", headers={"Accept": "text/html"}).content.decode()
        return str(re.findall(r'name="csrf-token" content="(\w+)"', page)[0])

    old = token()

    def start(with_token: str) -> Any:
        wish = {"kind": "voice", "content_type": "audio/webm"}
        return strict.post("/recordings/start", wish, "application/json", headers={"X-CSRFToken": with_token})

    assert start(old).status_code == 201
    strict.logout()
    strict.cookies.pop("csrftoken", None)  # as signing in elsewhere changes it
    strict.force_login(cast.bob)
    new = token()
    refused = start(old)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:twodesks:problem:stale-token")
    assert start(new).status_code == 201


@pytest.mark.django_db
def test_request_is_logged_by_route_without_what_it_says(cast: Cast, client: Client) -> None:
    client.force_login(cast.alice)
    with capture_logs() as lines:
        answer = client.get("/people/", {"q": "salary of Bob"}, headers={"X-Request-ID": "proxy-12345678"})
    assert answer["X-Request-ID"] == "proxy-12345678"
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["route"], line["method"], line["status"]) == ("people/", "GET", 200)
    assert "salary" not in json.dumps(line)
    assert client.get("/", headers={"X-Request-ID": "<b>"})["X-Request-ID"] != "<b>"


def test_failure_is_logged_without_the_rows_that_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise OperationalError("Key (email)=(bob@example.org) already exists")
    except OperationalError:
        event = _processed(logging.getLogger("twodesks.test"), exc_info=True)
    assert event["error"] == "django.db.utils.OperationalError"
    assert "bob@example.org" not in json.dumps(event)
    assert any("test_front.py" in place for place in event["trace"])


def _processed(logger: logging.Logger, **event: Any) -> dict[str, Any]:
    told: Any = {"event": "it", **event}
    for processor in structlog.get_config()["processors"][:-1]:
        told = processor(logger, "error", told)
    return dict(told)


def answered(path: str) -> tuple[int, bytes]:
    """What the whole front answers, as the server would be told it."""
    sent: list[dict[str, Any]] = []

    async def ask() -> None:
        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "http_version": "1.1",
            "client": ("127.0.0.1", 1), "server": ("localhost", 80), "scheme": "http",
        }  # fmt: skip
        await front.application(scope, receive, send)

    asyncio.run(ask())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_life_is_told_without_the_database() -> None:
    assert answered("/healthz") == (200, b"ok")


@pytest.mark.django_db
def test_readiness_needs_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").json() == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "disk": "ok"},
    }

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "does not answer"
