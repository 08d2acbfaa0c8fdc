"""``makemessages``, which also finds the sentences of refusals and the names of products."""

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from bank.kernel.errors import BankError
from bank.products.defaults import PRODUCTS
from bank.products.offers import DEPOSITS, LOANS

_WHAT = re.compile(r'what="([A-Za-z][^"]*)"')


class Command(makemessages.Command):
    """Pages translate what a class or a row says, a refusal's ``sentence``, what it is about or a product's
    name, where no call of gettext stands to be found."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Puts every sentence into a file the extraction reads, for as long as it runs."""
        found = settings.BASE_DIR / "refusals.py"
        sentences = sorted({error.sentence for error in _refusals(BankError)} | _catalogue() | whats())
        found.write_text("".join(f"gettext({sentence!r})\n" for sentence in sentences))
        try:
            super().handle(*args, **options)
        finally:
            found.unlink()


def _catalogue() -> set[str]:
    return {text for one in (*PRODUCTS, *DEPOSITS, *LOANS) for text in (one.name, one.description)}


def whats() -> set[str]:
    """What refusals say is not there or may not be done: each literal ``what`` of the code."""
    sources = (file for folder in ("bank", "portals") for file in (settings.BASE_DIR / folder).rglob("*.py"))
    return {what for file in sources for what in _WHAT.findall(file.read_text())}


def _refusals(root: type[BankError]) -> Iterator[type[BankError]]:
    for error in root.__subclasses__():
        yield error
        yield from _refusals(error)
