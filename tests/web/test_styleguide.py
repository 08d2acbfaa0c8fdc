"""``/styleguide/`` shows every component, to those who may look."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.test import RequestFactory, override_settings

from bank.web.styleguide import views
from bank.web.templatetags import bank as components

REQUEST = RequestFactory()
SCREENS = ["", *views.SCREENS]


def page(screen: str = "", query: str = "") -> str:
    request = REQUEST.get(f"/styleguide/{screen}{query}")
    request.user = AnonymousUser()
    response = views.screen(request, screen) if screen else views.catalogue(request)
    return response.content.decode()


@pytest.fixture
def _demonstration() -> None:
    with override_settings(DEMO=True):
        yield


@pytest.mark.usefixtures("_demonstration")
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["en", "sw"])
def test_every_screen_speaks_its_language_in_its_colours(screen: str, language: str) -> None:
    html = page(screen, f"?portal=sme&theme=dark&language={language}")
    assert f'<html lang="{language}" data-portal="sme" data-theme="dark">' in html
    assert html.count("<main") == 1
    assert "<h1" in html


@pytest.mark.usefixtures("_demonstration")
def test_the_catalogue_leaves_no_component_out() -> None:
    with open(
        views.__file__.replace("bank/web/styleguide/views.py", "templates/styleguide/catalogue.html")
    ) as file:
        shown = set(re.findall(r"{% (\w+)", file.read()))
    elsewhere = {"nav_current", "demo_notice"}
    assert set(components.register.tags) - shown == elsewhere


@pytest.mark.usefixtures("_demonstration")
def test_unknown_wishes_are_ignored() -> None:
    assert 'data-portal="personal">' in page(query='?portal="><script>&theme=neon&language=xx')


@override_settings(DEMO=False, DEBUG=False)
def test_in_production_it_is_for_staff_alone() -> None:
    with pytest.raises(Http404):
        page()


@pytest.mark.usefixtures("_demonstration")
def test_there_are_no_other_screens() -> None:
    with pytest.raises(Http404):
        page("settings")
