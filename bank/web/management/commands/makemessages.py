"""``makemessages``, which also finds the sentences of the bank's refusals."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.commands import makemessages

from bank.kernel.errors import BankError


class Command(makemessages.Command):
    """Pages translate a refusal by its ``sentence``, which stands in a class and not in a call of gettext."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Puts every sentence into a file the extraction reads, for as long as it runs."""
        found = settings.BASE_DIR / "refusals.py"
        sentences = sorted({error.sentence for error in _refusals(BankError)})
        found.write_text("".join(f"gettext({sentence!r})\n" for sentence in sentences))
        try:
            super().handle(*args, **options)
        finally:
            found.unlink()


def _refusals(root: type[BankError]) -> Iterator[type[BankError]]:
    for error in root.__subclasses__():
        yield error
        yield from _refusals(error)
