"""``makemessages``, which also finds the sentences of refusals and the names of products."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from bank.kernel.errors import BankError
from bank.products.defaults import PRODUCTS
from bank.products.offers import DEPOSITS, LOANS


class Command(makemessages.Command):
    """Pages translate what a class or a row says, a refusal's ``sentence`` or a product's name, where no call
    of gettext stands to be found."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Puts every sentence into a file the extraction reads, for as long as it runs."""
        found = settings.BASE_DIR / "refusals.py"
        sentences = sorted({error.sentence for error in _refusals(BankError)} | _catalogue())
        found.write_text("".join(f"gettext({sentence!r})\n" for sentence in sentences))
        try:
            super().handle(*args, **options)
        finally:
            found.unlink()


def _catalogue() -> set[str]:
    return {text for one in (*PRODUCTS, *DEPOSITS, *LOANS) for text in (one.name, one.description)}


def _refusals(root: type[BankError]) -> Iterator[type[BankError]]:
    for error in root.__subclasses__():
        yield error
        yield from _refusals(error)
