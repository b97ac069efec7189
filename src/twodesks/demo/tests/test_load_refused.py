"""When the demo is not loaded, or loaded otherwise."""

import pytest

from twodesks.demo.content import read_content
from twodesks.demo.load_demo import load_demo
from twodesks.demo.tests.counting import counts
from twodesks.kit.actor import Door, system
from twodesks.kit.problem import Denied
from twodesks.people.operations.found_organisation import found_organisation
from twodesks.recordings.queries import visible_recordings


@pytest.mark.django_db
def test_the_demo_does_not_move_in_with_somebody_else() -> None:
    found_organisation(
        actor=system(Door.TEST), organisation_name="Own Ltd", name="Olga", email="olga@example.org", password=None
    )
    before = counts()
    with pytest.raises(Denied, match=r"Own Ltd.*Nothing was changed"):
        load_demo(door=Door.TEST)
    assert counts() == before


def test_a_broken_file_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    content = read_content()
    broken = content.insights[-1].model_copy(update={"channel": "no-such-channel"})
    torn = content.model_copy(update={"insights": (*content.insights[:-1], broken)})
    monkeypatch.setattr("twodesks.demo.load_demo.read_content", lambda: torn)
    before = counts()
    with pytest.raises(KeyError):
        load_demo(door=Door.TEST)
    assert counts() == before


@pytest.mark.django_db
def test_recaption_leaves_the_captions_to_the_worker() -> None:
    load_demo(door=Door.TEST, recaption=True)
    assert not visible_recordings(system(Door.TEST)).exclude(captions=None).exists()
