"""Which languages the bank speaks: English, in which it is written, and each that has a folder of its own."""

from pathlib import Path

from babel import Locale, UnknownLocaleError

WRITTEN_IN = "en"
CATALOGUE = "LC_MESSAGES/django.mo"


def spoken(folder: Path) -> list[tuple[str, str]]:
    """Codes with their own names (``sw``, ``Kiswahili``): every folder with a compiled catalogue in it."""
    found = sorted(path.parents[1].name for path in folder.glob(f"*/{CATALOGUE}"))
    codes = [WRITTEN_IN, *(name for name in found if name != WRITTEN_IN)]
    return [(code.replace("_", "-").lower(), _own_name(code)) for code in codes]


def _own_name(code: str) -> str:
    """What its speakers call it; the code itself for a language that CLDR does not know."""
    try:
        own = Locale.parse(code).get_display_name()
    except (UnknownLocaleError, ValueError):
        return code
    return (own or code)[:1].upper() + (own or code)[1:]
