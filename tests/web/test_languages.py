"""A language is added by adding its folder, and nothing else."""

from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client, override_settings

from bank import ledger
from bank.kernel import clock
from bank.runtime import languages

SWAHILI = Path(settings.LOCALE_PATHS[0], "sw/LC_MESSAGES/django.po")


def add(folder: Path, code: str, mark: str) -> None:
    """A catalogue in which every sentence is the Swahili one with a mark before it."""
    with SWAHILI.open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if message.id and message.string and isinstance(message.string, str):
            message.string = f"{mark}{message.string}"
    target = folder / code / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "django.mo").open("wb") as file:
        write_mo(file, catalogue)


def test_the_bank_speaks_what_has_a_folder() -> None:
    assert settings.LANGUAGES == [("en", "English"), ("sw", "Kiswahili")]


def test_names_are_those_of_the_speakers(tmp_path: Path) -> None:
    for code in ("fr", "pt_BR", "ar", "ki", "so", "qqq"):
        add(tmp_path, code, "")
    (tmp_path / "empty").mkdir()
    assert languages.spoken(tmp_path) == [
        ("en", "English"), ("ar", "العربية"), ("fr", "Français"), ("ki", "Gikuyu"),
        ("pt-br", "Português (Brasil)"), ("qqq", "qqq"), ("so", "Soomaali"),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "direction"), [("fr", ""), ("so", ""), ("ar", ' dir="rtl"')])
def test_a_new_folder_is_a_language_on_every_page(
    tmp_path: Path, client: Client, code: str, direction: str
) -> None:
    ledger.open_books(on=clock.today())
    add(tmp_path, code, "»")
    with override_settings(LOCALE_PATHS=[tmp_path], LANGUAGES=languages.spoken(tmp_path)):
        page = client.get("/contact/", headers={"Accept-Language": code}).content.decode()
        assert f'<html lang="{code}"{direction}' in page
        assert "»" in page
        assert f'value="{code}" lang="{code}"' in client.get("/contact/").content.decode()
        assert f'hreflang="{code}"' in page
        client.post("/language/", {"language": code, "next": "/"})
        assert f'<html lang="{code}"' in client.get("/security/").content.decode()
