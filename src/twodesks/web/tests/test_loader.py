"""Icons and marks written into the template must be what their components would have rendered."""

import pytest
from django.template import Context, Engine, engines
from django_cotton.compiler_regex import CottonCompiler

from twodesks.web.loader import Loader, set_in_place


def rendered(source: str, **values: str) -> str:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    assert isinstance(engine, Engine)
    return engine.from_string(CottonCompiler().process(source)).render(Context(values)).strip()


@pytest.mark.parametrize(
    "source",
    [
        '<c-icon name="check" />',
        '<c-icon name="check" class="i-s" />',
        '<c-icon class="i-s t-ok" name="check"/>',
        '<c-icon name="{{ which }}" />',
        '<c-mark kind="insight" />',
        '<c-mark kind="talk" class="g-l" />',
    ],
)
def test_written_out_part_is_what_the_component_renders(source: str) -> None:
    in_place = set_in_place(source)
    assert "<c-" not in in_place
    assert rendered(in_place, which="bell") == rendered(source, which="bell")


@pytest.mark.parametrize("source", ['<c-icon :name="which" />', '<c-icon name="check" data-x="1" />', "<c-person />"])
def test_what_does_not_fit_is_left_to_cotton(source: str) -> None:
    assert set_in_place(source) == source


def test_templates_really_come_through_our_loader() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    assert isinstance(engine.template_loaders[0].loaders[0], Loader)
