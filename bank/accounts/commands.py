"""What needs a second pair of eyes about accounts: overdrafts, the move of many to another version; what
waits for joint holders."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.accounts import joint, rules, selectors, services
from bank.accounts.models import SIGNINGS, Account, Overdraft
from bank.accounts.rules import Signing
from bank.accounts.services import agreeing, overdrafts, sharing, versions
from bank.cif import selectors as cif
from bank.identity import duty
from bank.identity.role_rules import Act
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.products import selectors as products
from bank.products.models import ProductTerms, ProductVersion
from bank.runtime import formats
from bank.workflows import kinds
from bank.workflows.kinds import Deed
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


@dataclass(frozen=True, slots=True)
class ArrangeOverdraft:
    """``limit`` in the account's currency, through the day ``expires``, at ``rate_pct`` per cent a year; at
    the product's rate where none is agreed."""

    number: str
    limit: Decimal
    expires: date
    rate_pct: Decimal | None = None


def _check_overdraft(asked: ArrangeOverdraft) -> None:
    account = selectors.find_by_number(asked.number)
    overdrafts.check_overdraft(
        account, Money.of(asked.limit, account.currency), asked.expires, asked.rate_pct
    )


def _overdraft_difference(asked: ArrangeOverdraft) -> list[Change]:
    account = selectors.find_by_number(asked.number)
    held, nothing = selectors.overdraft(account), gettext("None")
    before = formats.money(Money(held.limit, account.currency)) if held else nothing
    until = formats.day(held.expires_date) if held else nothing
    return [
        Change(gettext("Limit"), before, formats.money(Money.of(asked.limit, account.currency))),
        Change(gettext("Until"), until, formats.day(asked.expires)),
        Change(gettext("Rate a year"), *_rates(account, held, asked.rate_pct)),
        Change(gettext("Holder"), account.customer.display_name, account.customer.display_name),
    ]


def _rates(account: Account, held: Overdraft | None, agreed: Decimal | None) -> tuple[str, str]:
    """What an overdraft costs now and would cost: what was agreed, or what the product says."""
    listed = selectors.terms_of(account).debit_rate_pct
    of_product = gettext("%s, as the product says") % formats.percent(listed / 100)
    said = [
        of_product if rate is None else formats.percent(rate / 100)
        for rate in (held.annual_rate_pct if held else None, agreed)
    ]
    return said[0], said[1]


def _overdraft_amount(asked: ArrangeOverdraft) -> Money:
    return Money.of(asked.limit, selectors.find_by_number(asked.number).currency)


def _apply_overdraft(asked: ArrangeOverdraft, deed: Deed) -> None:
    """Within what the checker's role may lend: raises ``OverLimit``."""
    account = selectors.find_by_number(asked.number)
    limit = Money.of(asked.limit, account.currency)
    duty.require_within(user=deed.checker, act=Act.CREDIT, amount=limit)
    services.arrange_overdraft(
        account=account,
        limit=limit,
        expires=asked.expires,
        rate_pct=asked.rate_pct,
        reference=deed.reference,
        maker=deed.maker,
        approver=deed.checker,
    )


@dataclass(frozen=True, slots=True)
class AddHolder:
    """Another person holds the account; ``signing`` is EITHER or BOTH, for all its holders."""

    number: str
    cif: str
    signing: str


def _check_holder(asked: AddHolder) -> None:
    sharing.check_joint(selectors.find_by_number(asked.number), cif.by_cif(asked.cif), asked.signing)


def _holder_difference(asked: AddHolder) -> list[Change]:
    account = selectors.find_by_number(asked.number)
    held = [account.customer.display_name]
    held += [one.customer.display_name for one in selectors.joint_holders(account)]
    added = [*held, cif.by_cif(asked.cif).display_name]
    signing = str(dict(SIGNINGS)[asked.signing])
    return [
        Change(gettext("Holders"), ", ".join(held), ", ".join(added)),
        Change(gettext("Signing"), str(account.get_signing_display()), signing),
    ]


def _apply_holder(asked: AddHolder, deed: Deed) -> None:
    account, customer = selectors.find_by_number(asked.number), cif.by_cif(asked.cif)
    services.add_holder(account=account, customer=customer, signing=asked.signing, actor=deed.checker)


@dataclass(frozen=True, slots=True)
class EndHolder:
    """A joint holder leaves: who stays may pay without their signature."""

    number: str
    cif: str


def _check_leaving(asked: EndHolder) -> None:
    sharing.check_leaving(selectors.find_by_number(asked.number), cif.by_cif(asked.cif))


def _leaving_difference(asked: EndHolder) -> list[Change]:
    account, leaver = selectors.find_by_number(asked.number), cif.by_cif(asked.cif)
    joint = list(selectors.joint_holders(account))
    held = [account.customer.display_name, *(one.customer.display_name for one in joint)]
    stay = [held[0], *(one.customer.display_name for one in joint if one.customer_id != leaver.pk)]
    signing = account.signing if len(stay) > 1 else Signing.SOLE.value
    return [
        Change(gettext("Holders"), ", ".join(held), ", ".join(stay)),
        Change(gettext("Signing"), str(account.get_signing_display()), str(dict(SIGNINGS)[signing])),
    ]


def _apply_leaving(asked: EndHolder, deed: Deed) -> None:
    account, customer = selectors.find_by_number(asked.number), cif.by_cif(asked.cif)
    services.end_holder(account=account, customer=customer, actor=deed.checker)


END_HOLDER = kinds.command(
    "accounts.end_holder",
    _("A holder leaves an account"),
    EndHolder,
    maker_right="accounts.change_account",
    checker_role="BRANCH_MANAGER",
    lifetime=_WEEK,
    about=lambda asked: ("ACCOUNT", f"{asked.number} holder"),
    check=_check_leaving,
    difference=_leaving_difference,
    apply=_apply_leaving,
)
ADD_HOLDER = kinds.command(
    "accounts.add_holder",
    _("Another holder of an account"),
    AddHolder,
    maker_right="accounts.change_account",
    checker_role="BRANCH_MANAGER",
    lifetime=_WEEK,
    about=lambda asked: ("ACCOUNT", f"{asked.number} holder"),
    check=_check_holder,
    difference=_holder_difference,
    apply=_apply_holder,
)
ARRANGE_OVERDRAFT = kinds.command(
    "accounts.arrange_overdraft",
    _("Overdraft on an account"),
    ArrangeOverdraft,
    maker_right="accounts.change_account",
    checker_role="BRANCH_MANAGER",
    lifetime=_WEEK,
    amount=_overdraft_amount,
    about=("ACCOUNT", "number"),
    check=_check_overdraft,
    difference=_overdraft_difference,
    apply=_apply_overdraft,
)
MIGRATE_ACCOUNTS = kinds.command(
    "accounts.migrate",
    _("Accounts moved to another version"),
    MigrateAccounts,
    maker_right="products.change_product",
    checker_role="TREASURY",
    lifetime=_WEEK,
    about=lambda asked: ("PRODUCT", f"{asked.product} v{asked.from_version}"),
    check=_check_migration,
    difference=_migration_difference,
    apply=_apply_migration,
)
joint.register(
    joint.Kind(services.CLOSING, _("Closing of an account"), services.close_agreed, services.leave_open)
)
for name, title in (
    (agreeing.POT_OPENING, _("New pot")),
    (agreeing.POT_MOVE, _("Money into a pot or back")),
    (agreeing.POT_CLOSING, _("Closing of a pot")),
    (agreeing.CHEQUE_BOOK, _("Cheque book")),
    (agreeing.CURRENCY, _("Another currency")),
):
    joint.register(joint.Kind(name, title, agreeing.carry_out, agreeing.leave_it))
