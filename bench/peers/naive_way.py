"""``select_for_update`` in order, check, save, save, create: no journal, no key, no running balance."""

from decimal import Decimal

from django.db import transaction


def fill(count: int) -> None:
    from bench.peers.models import NaiveAccount

    NaiveAccount.objects.bulk_create(
        [NaiveAccount(pk=n, balance=Decimal(1_000_000)) for n in range(count)], batch_size=10_000
    )


def transfer(debit: int, credit: int, amount: Decimal) -> None:
    from bench.peers.models import NaiveAccount, NaiveTransfer

    with transaction.atomic():
        found = NaiveAccount.objects.select_for_update().filter(pk__in=[debit, credit]).order_by("pk")
        by_key = {account.pk: account for account in found}
        if by_key[debit].balance < amount:
            raise ValueError("not enough")
        by_key[debit].balance -= amount
        by_key[credit].balance += amount
        by_key[debit].save()
        by_key[credit].save()
        NaiveTransfer.objects.create(debtor=by_key[debit], creditor=by_key[credit], amount=amount)
