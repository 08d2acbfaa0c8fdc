"""The Swahili catalogue: compiled as it stands, complete for the customers' doors, its gaps filled alike."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation import override

from bank.kernel.errors import NotAllowed, NotFound
from bank.web.management.commands.makemessages import whats
from bank.web.views import pages

FOLDER = Path(settings.LOCALE_PATHS[0], "sw/LC_MESSAGES")
TEMPLATES = Path(settings.BASE_DIR, "templates")
DOORS = (
    *("personal", "papers", "orders", "public", "corporate", "companies", "sme", "web"),
    *("components", "shell", "identity"),
)
SAID = re.compile(r"""(?:translate |_\()"([^"]+)\"""")
GAPS = re.compile(r"%\(\w+\)[sd]|%d|\{\w+(?:![rs])?\}")


def said() -> dict[str, str]:
    with (FOLDER / "django.po").open("rb") as file:
        catalogue = read_po(file, locale="sw")
    return {
        one: text
        for message in catalogue
        if message.id
        for one, text in zip(_all(message.id), _all(message.string), strict=False)
    }


def _all(texts: str | tuple[str, ...]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def test_what_runs_is_what_is_written() -> None:
    """The compiled catalogue needs no gettext tools, so it must be compiled again with every change."""
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = {one: message.string for message in read_mo(file) for one in _all(message.id)[:1] if one}
    written = {one: text for one, text in said().items() if text}
    assert {one for one in compiled if one not in written} == set()
    assert all(_all(text)[0] == written[one] for one, text in compiled.items())


@pytest.mark.parametrize("door", DOORS)
def test_every_sentence_of_a_door_has_its_swahili(door: str) -> None:
    written = said()
    missing = {
        sentence
        for template in (TEMPLATES / door).rglob("*.html")
        for sentence in SAID.findall(template.read_text())
        if not written.get(sentence)
    }
    assert missing == set()


def test_gaps_are_filled_alike_in_both_languages() -> None:
    odd = [
        one
        for one, text in said().items()
        if text and set(GAPS.findall(text)) - set(GAPS.findall(one)) - {"%(n)d"}
    ]
    assert odd == []


def test_what_a_refusal_is_about_is_said_in_the_readers_language() -> None:
    written = said()
    assert {what for what in whats() if not written.get(what)} == set()
    with override("sw"):
        assert pages.spoken(NotAllowed(what="pay for this company")) == (
            "Huruhusiwi kulipa kwa niaba ya kampuni hii."
        )
        assert pages.spoken(NotFound(what="payee")) == "Hakuna mpokeaji hapa."
