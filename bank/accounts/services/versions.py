"""Moving accounts from one version of their product to another, on a day, in parts."""

from datetime import date
from typing import Final

from django.db import transaction

from bank import ledger
from bank.accounts import selectors
from bank.accounts.errors import MigrationRefused, NoAccountsToMove
from bank.accounts.models import Account, AccountVersion, Migration
from bank.accounts.rules import AccountStatus
from bank.audit import services as audit
from bank.identity.models import User
from bank.products import selectors as products
from bank.products.models import ProductTerms, ProductVersion
from bank.products.rules import ACCOUNT_KINDS

_PART: Final = 5_000


@transaction.atomic
def plan_migration(
    *, from_version: ProductVersion, to_version: ProductVersion, on: date, reference: str, actor: User | None
) -> Migration:
    """Has every open account of one version move to another of the same product when ``on`` begins.

    The close of business of the day before moves them; on the business date itself they move with
    its own close. Raises ``MigrationRefused``.
    """
    check_migration(from_version, to_version, on)
    migration = Migration.objects.create(
        from_version=from_version, to_version=to_version, on_date=on, reference=reference, decided_by=actor
    )
    detail = {"from": from_version.number, "to": to_version.number, "on": on.isoformat()}
    audit.record(
        "MIGRATION_PLANNED",
        actor=actor,
        subject_type="PRODUCT",
        subject_id=from_version.product.code,
        detail=detail,
    )
    return migration


def check_migration(old: ProductVersion, new: ProductVersion, on: date) -> None:
    """Raises ``NoAccountsToMove`` for a product no account is of, and ``MigrationRefused`` for versions of
    two products, a day that is over or before the new version begins, a second plan for the same version,
    and accounts the new one has no terms for.
    """
    if old.product.kind not in ACCOUNT_KINDS:
        raise NoAccountsToMove(product=old.product.name)
    if old.product_id != new.product_id or old.pk == new.pk:
        raise MigrationRefused(problem="Accounts move between two versions of one product.")
    if on < ledger.business_date() or on < new.effective_from:
        raise MigrationRefused(problem="The day is over, or the new version does not hold on it yet.")
    if Migration.objects.filter(from_version=old, finished_date__isnull=True).exists():
        raise MigrationRefused(problem="A move of these accounts is planned already.")
    offered = {(row.currency, row.segment) for row in new.terms.all()}
    held = products.accounts_under(old).values_list("currency", "customer__segment").distinct()
    for currency, segment in held:
        if not {(currency, ""), (currency, segment)} & offered:
            raise MigrationRefused(
                problem=f"The new version has no terms in {currency} for {segment}; some accounts need them."
            )


def migrate_some(*, until: date, limit: int = _PART) -> tuple[int, str | None]:
    """Moves the next accounts of the migrations whose day is ``until`` or earlier.

    Returns how many moved, and which migration is next, ``None`` for none. Safe to repeat: who has
    moved is no longer under the old version.
    """
    due = selectors.migrations_due(until).first()
    if due is None:
        return 0, None
    with transaction.atomic():
        locked = Migration.objects.select_for_update(of=("self",)).get(pk=due.pk)
        moved = _move(locked, limit)
        if moved < limit:
            locked.finished_date = ledger.business_date()
            locked.save(update_fields=["finished_date"])
    following = selectors.migrations_due(until).first()
    return moved, None if following is None else str(following.pk)


def _move(migration: Migration, limit: int) -> int:
    waiting = Account.objects.filter(product_version=migration.from_version)
    waiting = waiting.exclude(status=AccountStatus.CLOSED.value).select_related("customer")
    accounts = list(waiting.order_by("pk").select_for_update(of=("self",), no_key=True)[:limit])
    limits = {(row.currency, row.segment): row for row in migration.to_version.terms.all()}
    for account in accounts:
        account.product_version = migration.to_version
        terms = _terms(limits, account)
        account.single_debit_limit = terms.single_debit_limit
        account.idle_review_date = migration.on_date if terms.dormancy_days else None
    fields = ["product_version", "single_debit_limit", "idle_review_date"]
    Account.objects.bulk_update(accounts, fields)
    AccountVersion.objects.bulk_create(
        AccountVersion(
            account=account,
            before=migration.from_version,
            version=migration.to_version,
            from_date=migration.on_date,
            migration=migration,
        )
        for account in accounts
    )
    return len(accounts)


def _terms(rows: dict[tuple[str, str], ProductTerms], account: Account) -> ProductTerms:
    return rows.get((account.currency, account.customer.segment)) or rows[account.currency, ""]
