"""What every page shows of the layout, and to whom."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def design_page(settings: Settings) -> None:
    settings.DESIGN_PAGE = True


def signed_in(member: object) -> Client:
    client = Client()
    client.force_login(member)  # type: ignore[arg-type]
    return client


def test_layout_costs_no_more_than_who_it_is_what_they_see_and_what_is_new(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(cast.dave)
    with django_assert_max_num_queries(4):
        assert client.get("/design/").status_code == 200


def test_only_administrators_see_administration(cast: Cast) -> None:
    assert 'href="/administration/"' in signed_in(cast.dave).get("/design/").content.decode()
    assert 'href="/administration/"' not in signed_in(cast.carol).get("/design/").content.decode()


def test_design_page_is_not_there_unless_wanted(cast: Cast, settings: Settings) -> None:
    settings.DESIGN_PAGE = False
    assert signed_in(cast.dave).get("/design/").status_code == 404


def test_pages_carry_no_inline_style_or_script(cast: Cast) -> None:
    page = signed_in(cast.dave).get("/design/").content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_theme_comes_with_the_page(cast: Cast, theme: str) -> None:
    client = signed_in(cast.alice)
    answer = client.post("/theme/", {"theme": theme, "next": "/design/"})
    assert answer.headers["Location"] == "/design/"
    assert f'<html lang="en-GB" data-theme="{theme}">' in client.get("/design/").content.decode()


def test_system_theme_takes_the_choice_back(cast: Cast) -> None:
    client = signed_in(cast.alice)
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": "system"})
    assert "data-theme=" not in client.get("/design/").content.decode().split("<head>")[0]


def test_theme_never_leads_to_another_site(cast: Cast) -> None:
    answer = signed_in(cast.alice).post("/theme/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"


def test_theme_cookie_with_markup_is_not_a_theme(cast: Cast) -> None:
    client = signed_in(cast.alice)
    client.cookies["td_theme"] = '"><script>'
    assert "<script>" not in client.get("/design/").content.decode()


def test_wrong_field_is_tied_to_its_error(cast: Cast) -> None:
    page = signed_in(cast.dave).get("/design/").content.decode()
    assert 'aria-describedby="id_wrong_error"' in page
    assert 'id="id_wrong_error"' in page
    assert 'aria-describedby="id_empty_hint"' in page
    assert 'id="id_empty_hint"' in page


def test_page_is_readable_where_the_front_end_was_not_built(cast: Cast, settings: Settings) -> None:
    settings.DJANGO_VITE = {"default": {"manifest_path": "/nowhere/manifest.json", "static_url_prefix": "dist"}}
    page = signed_in(cast.dave).get("/design/").content.decode()
    assert "Components and states" in page
    assert "stylesheet" not in page
