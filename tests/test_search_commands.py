"""`twodesks import insights` and `twodesks search`, as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cast import Cast
from twodesks.cli import import_insights, search
from twodesks.insights.models import Insight
from twodesks.kit.problem import Invalid, NotFound

pytestmark = pytest.mark.django_db

Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_lines(*told: object) -> str:
        path = tmp_path / "lines.jsonl"
        path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in told) + "\n")
        return str(path)

    return write_lines


def run(app: object, *words: str) -> str:
    result = CliRunner().invoke(app, list(words))  # type: ignore[arg-type]
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_what_is_imported_is_found_by_words_and_by_meaning(cast: Cast, write: Write) -> None:
    path = write(
        {"key": "a", "title": "Reset a badge", "body": "Hold it to the reader for five seconds. ERR_42 goes away."},
        {"key": "b", "title": "Order lunch", "body": "The kitchen takes orders until ten."},
    )
    run(import_insights.app, "insights", path, "--channel", "House")
    questions = write({"id": 1, "text": "err_42"}, {"id": "two", "text": "where do I get something to eat"})
    told = run(search.app, "--as", "alice@example.org", "--queries", questions, "--limit", "1")
    first, second = map(json.loads, told.splitlines())
    assert (first["id"], first["hits"][0]["key"]) == (1, "a")
    assert set(first["hits"][0]) >= {"kind", "key", "title", "passage", "score", "start_ms"}
    assert (second["id"], second["hits"][0]["key"]) == ("two", "b")
    alone = json.loads(run(search.app, "badge reader", "--as", "alice@example.org", "--json"))
    assert alone["hits"][0]["title"] == "Reset a badge"


def test_a_file_with_a_fault_leaves_everything_as_it_was(cast: Cast, write: Write) -> None:
    with pytest.raises(Invalid, match="Line 2 is not JSON"):
        run(import_insights.app, "insights", write({"title": "t"}, "nope"), "--channel", "House")
    assert not Insight.objects.exists()


def test_people_are_told_what_was_found(cast: Cast, write: Write) -> None:
    run(import_insights.app, "insights", write({"title": "Reset a badge", "body": "Hold it."}), "--channel", "House")
    assert "Reset a badge" in run(search.app, "badge", "--as", "alice@example.org")
    with pytest.raises(NotFound, match=r"nobody@example\.org"):
        run(search.app, "badge", "--as", "nobody@example.org")
    with pytest.raises(Invalid, match="Say what to look for"):
        run(search.app, "--as", "alice@example.org")
