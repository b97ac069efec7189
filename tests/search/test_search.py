"""What is found, and where in it."""

import pytest

from tests.cast import acting
from tests.search.conftest import Shelf
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.create_course import create_course
from twodesks.kit.actor import guest
from twodesks.kit.problem import SignInNeeded
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.queries import search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]

KEYS = ("Rotate the keys of the vault", "Run `vault rotate --all` when ERR_42 shows up, then restart the pods.")
COFFEE = ("The espresso machine", "Descale it every week. Le café est prêt à midi.")
STEPS = (
    "Hello there",
    "How the gripper is greased",
    "Take off the four screws of the cover",
    "Grease on the worm wheel never on the belt",
)
PODS = ("Look at pods", "First `kubectl get-pods --namespace shop`, then read settings.py and the log of v2.1.")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("ERR_42", KEYS[0]),
        ("err_42", KEYS[0]),
        ("kubectl get-pods", PODS[0]),
        ("get-pods", PODS[0]),
        ("settings.py", PODS[0]),
        ("v2.1", PODS[0]),
        ("CAFE", COFFEE[0]),
        ("café pret", COFFEE[0]),
        ("descaling", COFFEE[0]),
        ("how do I change our secrets", KEYS[0]),
        ("coffee", COFFEE[0]),
        ("esspreso machin", COFFEE[0]),
    ],
)
def test_words_code_accents_endings_meaning_and_misspelling_find_it(shelf: Shelf, question: str, title: str) -> None:
    for made in (KEYS, COFFEE, PODS):
        shelf.insight(*made)
    assert shelf.titles(shelf.cast.alice, question)[0] == title


def test_a_code_is_found_whole_before_its_parts(shelf: Shelf) -> None:
    shelf.insight("Forty-two errors", "Error 42 in err.log: there were 42 errors, err and err again. 42.")
    shelf.insight("The code", "It said ERR_42 and stopped.")
    assert shelf.titles(shelf.cast.alice, "ERR_42")[0] == "The code"


def test_russian_is_found_in_its_other_endings_and_with_either_e(shelf: Shelf) -> None:
    shelf.insight("Сброс пароля", "Чтобы сбросить пароль, откройте настройки. Ёлка стоит в холле.")
    shelf.insight("Обед", "Кухня принимает заказы до десяти.")
    assert shelf.titles(shelf.cast.alice, "пароли")[0] == "Сброс пароля"
    assert shelf.titles(shelf.cast.alice, "елка")[0] == "Сброс пароля"


def test_chinese_is_found_without_spaces(shelf: Shelf) -> None:
    shelf.insight("重置密码", "打开设置页面，然后点击重置密码按钮。")
    shelf.insight("Lunch", "The kitchen takes orders until ten.")
    assert shelf.titles(shelf.cast.alice, "设置页面")[0] == "重置密码"


def test_a_phrase_spoken_in_minute_three_finds_the_insight_and_its_second(shelf: Shelf) -> None:
    recording = shelf.recording("Gripper", channel=shelf.open)
    insight = shelf.insight("Grease the gripper", "See the recording.", recording=recording)
    shelf.insight(*COFFEE)
    embed_passages()
    hit = search(acting(shelf.cast.alice), "four screws of the cover").hits[0]
    assert (hit.kind, hit.id, hit.recording_id) == ("insight", insight.pk, recording.pk)
    assert hit.start_ms == 180_000
    assert hit.moments[0].url == f"/recordings/{recording.pk}/#t=180"
    assert hit.moments[0].place == "3:00"
    assert "four screws" in "".join(part.text for part in hit.moments[0].excerpt.parts if part.is_marked)


def test_a_recording_nobody_kept_is_found_as_itself(shelf: Shelf) -> None:
    recording = shelf.recording("Gripper", channel=shelf.open)
    embed_passages()
    (hit,) = search(acting(shelf.cast.alice), "worm wheel grease").hits
    assert (hit.kind, hit.id, hit.start_ms) == ("recording", recording.pk, 185_000)
    assert search(acting(shelf.cast.alice), "worm wheel", kinds=["insight"]).hits == ()


def test_asked_for_recordings_alone_they_are_not_hidden_in_insights(shelf: Shelf) -> None:
    recording = shelf.recording("Gripper", channel=shelf.open)
    shelf.insight("Grease the gripper", "See the recording.", recording=recording)
    embed_passages()
    (hit,) = search(acting(shelf.cast.alice), "worm wheel grease", kinds=["recording"]).hits
    assert (hit.kind, hit.id) == ("recording", recording.pk)


def test_a_clip_keeps_only_its_own_seconds(shelf: Shelf) -> None:
    recording = shelf.recording("Gripper", channel=shelf.open, spoken=tuple(f"{line} {'so ' * 45}." for line in STEPS))
    clip = f"![clip: Screws](recording:{recording.pk}#t=180,185)"
    insight = shelf.insight("Screws", f"{clip}\n\nOnly this.")
    embed_passages()
    found = search(acting(shelf.cast.alice), "four screws of the cover").hits
    assert any(hit.kind == "insight" and hit.id == insight.pk and hit.start_ms == 180_000 for hit in found)
    belt = search(acting(shelf.cast.alice), "grease on the worm wheel never on the belt").hits[0]
    assert (belt.kind, belt.id) == ("recording", recording.pk)


def test_a_course_is_found_by_its_title_and_its_outcome(shelf: Shelf) -> None:
    actor = acting(shelf.cast.carol)
    course = create_course(
        actor=actor, title="Your first ten days", outcome="You can calibrate a lidar alone.", channel_id=shelf.open.pk
    )
    add_section(actor=actor, course_id=course.pk, title="Calibration")
    embed_passages()
    hit = search(actor, "calibrate lidar").hits[0]
    assert (hit.kind, hit.id, hit.url) == ("course", course.pk, f"/courses/{course.pk}/")


def test_a_question_about_nothing_here_finds_nothing(shelf: Shelf) -> None:
    shelf.insight(*COFFEE)
    assert shelf.titles(shelf.cast.alice, "quarterly depreciation of aircraft leases") == []


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "?!", "'", '"', "\\", "%", "' OR 1=1 --", "a' & 'b", "((", "!!!|&<->:*", "\0", "\ud800", "🙂",
        "🙂🙂 espresso", "word " * 20_000, "x" * 100_000, "SELECT 1 FROM people_member; DROP TABLE x",
        "to_tsquery('a|b')", "%s %(x)s {} $1", "search_passage_bm25:espresso", "ﬁ ǅ İ ß",
    ],
)  # fmt: skip
def test_any_text_is_a_question(shelf: Shelf, text: str) -> None:
    shelf.insight(*COFFEE)
    shelf.titles(shelf.cast.alice, text)


def test_a_huge_question_still_finds_what_it_begins_with(shelf: Shelf) -> None:
    shelf.insight(*COFFEE)
    assert shelf.titles(shelf.cast.alice, "espresso machine " + "nonsense " * 20_000) == [COFFEE[0]]


def test_guests_do_not_search(shelf: Shelf) -> None:
    with pytest.raises(SignInNeeded):
        search(guest(), "espresso")


def test_the_best_paragraph_is_shown_with_its_words_marked_and_a_way_to_it(shelf: Shelf) -> None:
    filler = "This sentence stands for many others that say something else entirely about robots. " * 4
    shelf.insight(
        "A long text", f"{filler}\n\n{filler}\n\nThe <b>residual</b> must stay under half a degree.\n\n{filler}"
    )
    embed_passages()
    hit = search(acting(shelf.cast.alice), "residual degree").hits[0]
    moment = hit.moments[0]
    assert moment.place == "¶ 3"
    assert {part.text for part in moment.excerpt.parts if part.is_marked} == {"residual", "degree"}
    assert moment.url.startswith(f"/insights/{hit.id}/#:~:text=residual")
