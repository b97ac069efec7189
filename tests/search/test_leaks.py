"""What is private never shows: not in hits, counts, suggestions or pages, by any list or kind."""

import pytest
from django.db import connection
from django.test import Client

from tests.cast import acting
from tests.search.conftest import Shelf
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.publish_course import publish_course
from twodesks.insights.operations.move_insight import move_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.insights.operations.withdraw_insight import withdraw_insight
from twodesks.people.models import Member
from twodesks.search.models import Passage
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.queries import search, statement, suggest
from twodesks.search.queries.reach import forget_spread, passages_within

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]

SECRET = "Project Nightjar"
QUESTIONS = ("Nightjar", "project nightjar merger", "nightjr", "who do we buy", "nightjar price", "#skunk", "sixty")


@pytest.fixture(autouse=True, params=[4_000, 0], ids=["compared one by one", "by the index"])
def _compared(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "COMPARED_ONE_BY_ONE", request.param)


def sees_nothing(member: Member) -> None:
    embed_passages()
    know_the_spread()
    actor = acting(member)
    for question in QUESTIONS:
        result = search(actor, question, limit=100)
        assert not any("Nightjar" in str(hit) for hit in result.hits), question
        assert result.total == len(result.hits)
        assert not any("Nightjar" in str(hit) for hit in suggest(actor, question).hits)


def know_the_spread() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_passage")
    forget_spread()


def shown(client: Client, member: Member, path: str) -> str:
    client.force_login(member)
    return client.get(path).content.decode()


def test_an_insight_of_a_private_channel(shelf: Shelf, client: Client) -> None:
    shelf.insight(SECRET, "We merge with Nightjar for sixty million.", channel=shelf.private, topics=("nightjar",))
    shelf.insight("Lunch", "The kitchen takes orders until ten.")
    sees_nothing(shelf.cast.erin)
    sees_nothing(shelf.cast.dave)
    assert shelf.titles(shelf.cast.alice, "nightjar merger")[0] == SECRET
    for path in (
        "/search/?q=nightjar",
        "/search/?q=nightjar&kind=insight&topic=nightjar",
        "/search/suggest/?q=nightjar",
    ):
        page = shown(client, shelf.cast.erin, path)
        assert SECRET not in page
        assert "sixty" not in page
        assert SECRET in shown(client, shelf.cast.alice, path)


def test_counts_are_the_same_as_if_it_were_not_there(shelf: Shelf, client: Client) -> None:
    shelf.insight("Lunch", "The kitchen takes orders until ten.")
    embed_passages()
    before = shown(client, shelf.cast.erin, "/search/?q=kitchen+orders")
    for number in range(3):
        shelf.insight(f"{SECRET} {number}", "Kitchen orders of Nightjar.", channel=shelf.private, topics=("kitchen",))
    embed_passages()
    after = shown(client, shelf.cast.erin, "/search/?q=kitchen+orders")
    assert before.count("<article") == after.count("<article") == 1
    assert (
        before[before.index("<main") : before.index("</main>")] == after[after.index("<main") : after.index("</main>")]
    )


@pytest.mark.parametrize("question", ["#skunk", "#", "skunkworks", "skunkwroks"])
def test_a_private_channel_is_not_suggested_to_others(shelf: Shelf, question: str) -> None:
    assert shelf.private in suggest(acting(shelf.cast.alice), question).channels
    assert shelf.private not in suggest(acting(shelf.cast.erin), question).channels


def test_many_private_passages_do_not_crowd_out_what_is_open(shelf: Shelf) -> None:
    for number in range(90):
        shelf.insight(f"Secret {number}", "The gripper of the robot is greased.", channel=shelf.private)
    shelf.insight("Open", "Somewhere the gripper of a robot is mentioned, among much else that is said here.")
    know_the_spread()
    assert shelf.titles(shelf.cast.erin, "how is the gripper of the robot greased") == ["Open"]


def test_how_much_is_in_a_channel_is_known_without_counting(shelf: Shelf) -> None:
    for number in range(30):
        shelf.insight(f"Secret {number}", "The gripper is greased.", channel=shelf.private)
    shelf.insight("Open", "The gripper is not greased.")
    know_the_spread()
    assert passages_within([shelf.private.pk]) == pytest.approx(30, abs=1)
    assert passages_within([shelf.open.pk]) == pytest.approx(1, abs=1)
    assert passages_within([]) == pytest.approx(0, abs=1)


def test_one_who_leaves_a_channel_finds_nothing_of_it_from_then_on(shelf: Shelf) -> None:
    shelf.insight(SECRET, "We merge with Nightjar.", channel=shelf.private)
    assert shelf.titles(shelf.cast.alice, "nightjar")
    remove_channel_member(actor=acting(shelf.cast.bob), channel_id=shelf.private.pk, member_id=shelf.cast.alice.pk)
    sees_nothing(shelf.cast.alice)


def test_what_moves_into_a_private_channel_is_gone_for_others(shelf: Shelf) -> None:
    insight = shelf.insight(SECRET, "We merge with Nightjar.")
    assert shelf.titles(shelf.cast.erin, "nightjar") == [SECRET]
    move_insight(actor=acting(shelf.cast.bob), insight_id=insight.pk, channel_id=shelf.private.pk)
    sees_nothing(shelf.cast.erin)


def test_what_is_withdrawn_is_its_authors_alone(shelf: Shelf) -> None:
    insight = shelf.insight(SECRET, "We merge with Nightjar.")
    withdraw_insight(actor=acting(shelf.cast.bob), insight_id=insight.pk)
    sees_nothing(shelf.cast.alice)
    assert shelf.titles(shelf.cast.bob, "nightjar") == [SECRET]


def test_a_draft_is_nobodys_else(shelf: Shelf) -> None:
    start_insight(actor=acting(shelf.cast.bob), title=SECRET, body="We merge with Nightjar.", channel_id=shelf.open.pk)
    sees_nothing(shelf.cast.alice)


def test_a_recording_of_ones_own_or_of_a_private_channel(shelf: Shelf) -> None:
    shelf.recording(f"{SECRET} alone", channel=None, spoken=("Nightjar costs sixty million.",))
    shelf.recording(f"{SECRET} shared", channel=shelf.private, spoken=("Nightjar costs sixty million.",))
    sees_nothing(shelf.cast.erin)
    assert shelf.titles(shelf.cast.alice, "nightjar price") == [f"{SECRET} shared"]
    assert sorted(shelf.titles(shelf.cast.bob, "nightjar price")) == [f"{SECRET} alone", f"{SECRET} shared"]


def test_the_words_of_a_private_recording_do_not_show_through_an_open_insight(shelf: Shelf) -> None:
    recording = shelf.recording("Talk", channel=shelf.private, spoken=("Nightjar costs sixty million.",))
    insight = shelf.insight("An open page", "What we may say.")
    type(insight).objects.filter(pk=insight.pk).update(recording=recording)
    sees_nothing(shelf.cast.erin)
    assert shelf.titles(shelf.cast.alice, "nightjar costs") == ["An open page"]


def test_a_lesson_whose_insight_is_private_keeps_its_title_to_itself(shelf: Shelf) -> None:
    insight = shelf.insight(SECRET, "We merge with Nightjar.")
    carol = acting(shelf.cast.carol)
    course = create_course(actor=carol, title="An open course", outcome="You know us.", channel_id=shelf.open.pk)
    section = add_section(actor=carol, course_id=course.pk, title="One")
    add_lesson(actor=carol, course_id=course.pk, section_id=section.pk, insight_id=insight.pk)
    publish_course(actor=carol, course_id=course.pk)
    move_insight(actor=acting(shelf.cast.bob), insight_id=insight.pk, channel_id=shelf.private.pk)
    sees_nothing(shelf.cast.erin)
    assert "An open course" in shelf.titles(shelf.cast.alice, "nightjar")
    assert shelf.titles(shelf.cast.erin, "open course") == ["An open course"]


def test_a_stale_index_still_shows_nothing(shelf: Shelf) -> None:
    """The candidates are only that: even an index that says otherwise does not decide who sees what."""
    shelf.insight(SECRET, "We merge with Nightjar.", channel=shelf.private)
    Passage.objects.update(is_shared=True, channel_id=shelf.open.pk, owner_id=shelf.cast.erin.pk)
    sees_nothing(shelf.cast.erin)
