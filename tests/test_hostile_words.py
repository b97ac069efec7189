"""HTML, script, NUL and 5,000 letters in every text field: kept as words or refused in words, and run by nobody."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests.cast import Cast
from tests.workspace import Workspace, ask, furnish
from twodesks.people.models import Organisation
from twodesks.recordings.models import CaptionTrack, Recording

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> أهلا 🤖"


@dataclass(frozen=True)
class Field:
    """Who writes in which field of what is posted where; `rest` is what else the form needs."""

    who: str
    address: str
    name: str
    rest: dict[str, Any]
    method: str = "form"


FIELDS = {
    "channel name": Field("bob", "/channels/new/", "name", {"visibility": "open"}),
    "channel purpose": Field("bob", "/channels/new/", "purpose", {"name": "new-one", "visibility": "open"}),
    "changed purpose": Field(
        "bob", "/channels/field-calibration/settings/", "purpose", {"name": "field-calibration", "visibility": "open"}
    ),
    "name": Field("bob", "/me/profile/", "name", {"time_zone": "UTC"}),
    "job title": Field("bob", "/me/profile/", "job_title", {"name": "Bob", "time_zone": "UTC"}),
    "place": Field("bob", "/me/profile/", "place", {"name": "Bob", "time_zone": "UTC"}),
    "helps with": Field("bob", "/me/profile/", "helps_with", {"name": "Bob", "time_zone": "UTC"}),
    "course title": Field("carol", "/courses/new/", "title", {"insight": "{insight}"}),
    "course title later": Field("carol", "/courses/{course}/studio/words/", "title", {"outcome": "know"}),
    "outcome": Field("carol", "/courses/{course}/studio/words/", "outcome", {"title": "A course"}),
    "audience": Field("carol", "/courses/{course}/studio/words/", "audience", {"title": "A course", "outcome": "know"}),
    "section title": Field("carol", "/courses/{course}/studio/sections/", "title", {}),
    "section title later": Field("carol", "/courses/{course}/studio/sections/{section}/", "title", {}),
    "lesson title": Field("carol", "/courses/{course}/studio/lessons/", "title", {"section": "{section}"}),
    "question": Field(
        "carol",
        "/courses/{course}/studio/lessons/{quiz}/questions/",
        "prompt",
        {"option": ["one", "two"], "right": "0", "feedback": ["", ""]},
    ),
    "option": Field(
        "carol",
        "/courses/{course}/studio/lessons/{quiz}/questions/",
        "option",
        {"prompt": "What?", "option": ["one"], "right": "0", "feedback": ["", ""]},
    ),
    "feedback": Field(
        "carol",
        "/courses/{course}/studio/lessons/{quiz}/questions/",
        "feedback",
        {"prompt": "What?", "option": ["one", "two"], "right": "0"},
    ),
    "explanation": Field(
        "carol",
        "/courses/{course}/studio/lessons/{quiz}/questions/",
        "explanation",
        {"prompt": "What?", "option": ["one", "two"], "right": "0", "feedback": ["", ""]},
    ),
    "insight title": Field("bob", "/insights/new/", "title", {"body": "B", "channel": "{channel}", "action": "keep"}),
    "insight body": Field("bob", "/insights/new/", "body", {"title": "T", "channel": "{channel}", "action": "keep"}),
    "insight topics": Field(
        "bob", "/insights/new/", "topics", {"title": "T", "body": "B", "channel": "{channel}", "action": "keep"}
    ),
    "what changed": Field(
        "bob", "/insights/{insight}/edit/", "note", {"title": "T", "body": "B", "base": "1", "action": "keep"}
    ),
    "did not work": Field("carol", "/insights/{insight}/verdict", "reason", {"outcome": "did-not-work"}),
    "thanks": Field("carol", "/insights/{insight}/thanks", "words", {"receiver": "{bob}"}),
    "recording title": Field(
        "bob", "/recordings/start", "title", {"kind": "voice", "content_type": "audio/webm"}, method="json"
    ),
    "recording title later": Field("bob", "/recordings/{recording}", "title", {}, method="patch"),
    "cue": Field(
        "bob", "/recordings/{recording}/captions/correct", "text", {"cue": 0, "based_on": "{captions}"}, method="json"
    ),
    "speaker": Field(
        "bob", "/recordings/{recording}/captions/speaker", "name", {"cue": 0, "based_on": "{captions}"}, "json"
    ),
    "chapter": Field(
        "bob", "/recordings/{recording}/chapters/add", "title", {"start_ms": 9_000, "based_on": "{chapters}"}, "json"
    ),
    "chapter later": Field(
        "bob", "/recordings/{recording}/chapters/rename", "title", {"start_ms": 0, "based_on": "{chapters}"}, "json"
    ),
    "clip title": Field("bob", "/recordings/{recording}/clips", "title", {"start_ms": 0, "end_ms": 5_000}, "json"),
    "question asked": Field("alice", "/ask/", "q", {"channel": "{channel}", "kind": "question"}),
    "message": Field("bob", "/conversations/{conversation}/messages/", "body", {}),
    "changed message": Field("bob", "/messages/{message}/edit/", "body", {}),
    "thanks for a message": Field("carol", "/messages/{message}/thanks/", "words", {}),
    "conversation title": Field("alice", "/conversations/{conversation}/rename/", "title", {}),
    "search": Field("alice", "/search/", "q", {}, method="get"),
    "people": Field("alice", "/people/", "q", {}, method="get"),
}


@dataclass(frozen=True)
class House:
    cast: Cast
    place: Workspace
    ids: dict[str, int]

    def posted(self, field: Field, words: str) -> Any:
        client = Client()
        client.force_login(getattr(self.cast, field.who))
        address = field.address.format(**self.ids)
        content = {key: self._filled(value) for key, value in field.rest.items()}
        before = content.get(field.name)
        content[field.name] = [*before, words] if isinstance(before, list) else words
        if field.method == "get":
            return client.get(address, content)
        if field.method == "form":
            return client.post(address, content)
        send = client.patch if field.method == "patch" else client.post
        return send(address, json.dumps(content), content_type="application/json")

    def _filled(self, value: Any) -> Any:
        """Captions and chapters are mended on the version that is shown."""
        shown = Recording.objects.values("captions__version", "chapters__version").get(pk=self.ids["recording"])
        versions = {"captions": shown["captions__version"], "chapters": shown["chapters__version"]}
        return value.format(**self.ids, **versions) if isinstance(value, str) else value

    def pages(self) -> list[str]:
        """Where words that were sent are shown."""
        return [
            address.format(**self.ids)
            for address in (
                "/",
                "/channels/",
                "/channels/field-calibration/",
                "/people/",
                "/people/{bob}/",
                "/me/",
                "/library/",
                "/library/drafts/",
                "/insights/{insight}/",
                "/insights/{insight}/history/",
                "/insights/{insight}/edit/",
                "/recordings/",
                "/recordings/{recording}/",
                "/courses/",
                "/courses/{course}/",
                "/courses/{course}/studio/",
                "/courses/{course}/studio/?lesson={quiz}",
                "/courses/{course}/lessons/{quiz}/",
                "/conversations/{conversation}/",
                "/ask/?q=robot",
            )
        ]


@pytest.fixture
def house(cast: Cast) -> House:
    Organisation.objects.create(pk=1, name="Ridgeway")
    place = furnish(cast)
    asked, answer = ask(cast, place.open_channel)
    cues = [{"start_ms": n * 9_000, "end_ms": n * 9_000 + 9_000, "text": "Cool the motor."} for n in range(3)]
    recording = Recording.objects.create(
        owner=cast.bob, channel=place.open_channel, kind="voice", title="Talk", duration_ms=27_000
    )
    for kind in ("captions", "chapters"):
        track = CaptionTrack.objects.create(
            recording=recording, kind=kind, version=1, cues=cues if kind == "captions" else cues[:1]
        )
        setattr(recording, kind, track)
    recording.save()
    ids = {
        "insight": place.insights[0].pk,
        "course": place.course.pk,
        "quiz": place.quiz.pk,
        "section": place.quiz.section_id,
        "channel": place.open_channel.pk,
        "bob": cast.bob.pk,
        "recording": recording.pk,
        "conversation": asked.pk,
        "message": answer.pk,
    }
    return House(cast, place, ids)


RUNS = ("<script>alert", "<img src=x")
# What takes any number of words, within reason, and what is looked for rather than kept.
ROOMY = {"insight body", "question asked", "message", "changed message", "search", "people"}
# A channel is called by what an address can hold; a topic is short.
NARROW = {"channel name", "insight topics"}


# What a refusal may leave changed: when somebody signed in, and the draft, which is saved before it is kept.
APART = {"Session", "InsightDraft", "LiveEvent"}
CLOCKS = {"last_login", "last_seen_at"}


def test_markup_is_words_like_others_wherever_it_is_shown(house: House) -> None:
    shown = ""
    for name, field in FIELDS.items():
        answer = house.posted(field, SCRIPT)
        fits = answer.status_code == 422 if name in NARROW else answer.status_code < 400
        assert fits, (name, answer.content.decode()[:500])
        shown += answer.content.decode() if is_page(answer) else ""
    for who in (house.cast.bob, house.cast.carol, house.cast.erin):
        reader = Client()
        reader.force_login(who)
        shown += "".join(reader.get(page, follow=True).content.decode() for page in house.pages())
    assert shown.count("&lt;script&gt;alert(1)") > 50
    assert [words for words in RUNS if words in shown] == []


def test_letter_that_no_database_keeps_is_left_out_or_refused(house: House) -> None:
    for name, field in FIELDS.items():
        answer = house.posted(field, f"a\x00{SCRIPT}")
        assert answer.status_code in (200, 201, 302, 422), (name, answer.content.decode()[:500])


def test_five_thousand_letters_are_refused_in_words_where_they_do_not_fit(house: House) -> None:
    for name, field in FIELDS.items():
        for words in ("x" * 5_000, "wide words " * 455):
            before = everything()
            answer = house.posted(field, words)
            if name in ROOMY:
                assert answer.status_code in (200, 302), name
                continue
            assert answer.status_code == 422, name
            told = answer.content.decode() if is_page(answer) else answer.json()["detail"]
            assert re.search(r"(at most|under) [\d,]+ (letters|characters)", told), (name, told)
            assert everything() == before, name


def is_page(answer: Any) -> bool:
    return "html" in str(answer.headers.get("Content-Type", "html"))


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours, but for `APART` and `CLOCKS`."""
    ours = [model for model in apps.get_models() if model.__name__ not in APART]
    return {
        model.__name__: [
            {key: value for key, value in row.items() if key not in CLOCKS}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in ours
    }
