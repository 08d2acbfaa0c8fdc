"""The end of statements and certificates whose time is over: the files go, their seals stay in the chain."""

import shutil
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from bank.cif.models import Customer
from bank.statements import files
from bank.statements.models import Statement, Subscription
from bank.statements.rules import Status

WHY: Final = "The time it is kept is over."


def kept_for(customer: Customer) -> QuerySet[Statement]:
    """The documents on a customer's accounts whose files are there, or may be."""
    return Statement.objects.filter(account__customer=customer).exclude(status=Status.ERASED)


def forget_customer(*, customer: Customer) -> int:
    """Destroys the files of a customer's statements and certificates, those in their SFTP folder too, and
    where calls about them went; how many. That each was made, and its digest, stays proven.

    Call it in a database transaction: the files go once it has committed.
    """
    names = list(kept_for(customer).values_list("file_name", flat=True))
    kept_for(customer).update(status=Status.ERASED, failure=WHY, delivery_failure="")
    Subscription.objects.filter(account__customer=customer).update(target="", secret="")
    transaction.on_commit(lambda: _destroy(names, customer.cif))
    return len(names)


def _destroy(names: list[str], cif: str) -> None:
    for name in names:
        (files.folder() / name).unlink(missing_ok=True)
    shutil.rmtree(Path(settings.DROP_DIR, cif), ignore_errors=True)
