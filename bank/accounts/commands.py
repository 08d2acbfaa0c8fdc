"""What needs a second pair of eyes about accounts: the move of many to another version."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.accounts import rules, services
from bank.accounts.services import versions
from bank.kernel.errors import NotFound
from bank.products import selectors as products
from bank.products.models import ProductTerms, ProductVersion
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows.kinds import Deed, Kind
from bank.workflows.rules import Change

_WEEK: Final = timedelta(days=7)
_NAMED: Final = 5
_COMPARED: Final = (
    *("minimum_balance", "monthly_fee", "below_minimum_fee", "waived_from_balance"),
    *("waived_from_payments", "fee_bearer", "dormancy_days", "single_debit_limit", "day_count"),
)


@dataclass(frozen=True, slots=True)
class MigrateAccounts:
    """All open accounts of ``from_version`` move to ``to_version`` of the product, by number, on a day."""

    product: str
    from_version: int
    to_version: int
    on_date: date


def _both(asked: MigrateAccounts) -> tuple[ProductVersion, ProductVersion]:
    found = {one.number: one for one in products.product(asked.product).versions.all()}
    if not {asked.from_version, asked.to_version} <= found.keys():
        raise NotFound(what="version of this product")
    return found[asked.from_version], found[asked.to_version]


def _check_migration(asked: MigrateAccounts) -> None:
    versions.check_migration(*_both(asked), asked.on_date)


def _migration_difference(asked: MigrateAccounts) -> list[Change]:
    """Each figure as it is and will be, per currency and segment, with the accounts it is for."""
    old, new = _both(asked)
    changes = []
    for currency, segment in sorted({(row.currency, row.segment) for row in new.terms.all()}):
        before, after = (products.own_terms(one, currency, segment) for one in (old, new))
        place = " ".join(filter(None, (currency, segment.title())))
        changes += [
            Change(f"{_label(name)}, {place}", _said(before, name), _said(after, name))
            for name in _COMPARED
            if _said(before, name) != _said(after, name)
        ]
        tiers = [_tiers(one) for one in (before, after)]
        if tiers[0] != tiers[1]:
            changes.append(Change(gettext("Interest tiers, %s") % place, *tiers))
    numbers = products.accounts_under(old).order_by("number").values_list("number", flat=True)
    shown = ", ".join(rules.spaced(number) for number in numbers[:_NAMED])
    count = formats.number(numbers.count())
    return [
        *changes,
        Change(gettext("Accounts that move"), count, shown if numbers.count() <= _NAMED else f"{shown}, …"),
        Change(gettext("From"), formats.day(old.effective_from), formats.day(asked.on_date)),
    ]


def _label(name: str) -> str:
    words = str(ProductTerms._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def _said(terms: ProductTerms | None, name: str) -> str:
    value: Any = getattr(terms, name) if terms else None
    return gettext("None") if value is None else str(value)


def _tiers(terms: ProductTerms | None) -> str:
    if terms is None:
        return gettext("None")
    return products.tiers_as_text(terms) or gettext("None")


def _apply_migration(asked: MigrateAccounts, deed: Deed) -> None:
    old, new = _both(asked)
    services.plan_migration(
        from_version=old, to_version=new, on=asked.on_date, reference=deed.reference, actor=deed.checker
    )


MIGRATE_ACCOUNTS = kinds.register(
    Kind(
        name="accounts.migrate",
        title=_("Accounts moved to another version"),
        shape=MigrateAccounts,
        maker_right="products.change_product",
        checker_role="TREASURY",
        lifetime=_WEEK,
        subject=lambda asked: ("PRODUCT", f"{asked.product} v{asked.from_version}"),
        check=_check_migration,
        difference=_migration_difference,
        apply=_apply_migration,
    )
)
