"""Under which role of the chart of accounts a product's balances and its interest are booked."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bank import ledger
from bank.kernel.errors import InvalidInput
from bank.products import keeping, rules, selectors, services
from bank.products.commands import catalogue
from bank.products.errors import NothingChanges, UnusableTerms
from bank.products.models import GL_PURPOSES, Product, ProductVersion
from bank.products.rules import GlPurpose
from bank.runtime import formats
from bank.workflows.kinds import Deed
from bank.workflows.rules import Change

_NEEDED: Final = {
    GlPurpose.CONTROL: (ledger.Kind.LIABILITY, True),
    GlPurpose.INTEREST_EXPENSE: (ledger.Kind.EXPENSE, False),
}
"""What an account must be to play a purpose: its kind, and whether it is a control account."""


@dataclass(frozen=True, slots=True)
class SetGlRole:
    """From that day on the product's new contracts are booked under ``role`` for ``purpose``."""

    product: str
    purpose: str
    role: str
    effective_from: date


def _check(asked: SetGlRole) -> None:
    catalogue.check_day(asked.effective_from)
    product = selectors.product(asked.product)
    if product.kind not in rules.ACCOUNT_KINDS | rules.DEPOSIT_ROLES.keys():
        raise InvalidInput(problem="Only accounts and deposits are booked under roles of their own.")
    if asked.purpose not in set(GlPurpose):
        raise InvalidInput(problem=f"{asked.purpose} is no purpose; use {', '.join(GlPurpose)}.")
    version = selectors.version_before(product, asked.effective_from)
    for currency in _currencies(version):
        _check_account(ledger.gl(asked.role, currency), GlPurpose(asked.purpose))
    if catalogue.role_of(version, asked.purpose) == asked.role:
        raise NothingChanges


def _currencies(version: ProductVersion) -> list[str]:
    """The currencies a version is offered in."""
    kept = (version.terms, version.term_rates)
    return sorted({currency for rows in kept for currency in rows.values_list("currency", flat=True)})


def _check_account(code: str, purpose: GlPurpose) -> None:
    """Raises ``UnusableTerms`` for an account that cannot play the purpose."""
    kind, is_control = _NEEDED[purpose]
    account = ledger.facts([code])[code]
    if (account.kind, account.is_control) != (kind, is_control) or account.is_closed:
        raise UnusableTerms(problem=f"{code} {account.name} cannot be the {_purpose(purpose).lower()}.")


def _purpose(purpose: str) -> str:
    return str(dict(GL_PURPOSES)[purpose])


def _difference(asked: SetGlRole) -> list[Change]:
    product = selectors.product(asked.product)
    version = selectors.version_before(product, asked.effective_from)
    held = catalogue.role_of(version, asked.purpose)
    accounts = [_named(role, product) for role in (held, asked.role)]
    keep = selectors.accounts_under(version).count() + keeping.running(version)
    sentence = ngettext(
        "%d running contract stays where it is booked",
        "%d running contracts stay where they are booked",
        keep,
    )
    return [
        Change(_purpose(asked.purpose), held, asked.role),
        Change(gettext("Account of the chart"), *accounts),
        Change(gettext("For"), sentence % keep, gettext("What is opened from that day on")),
        Change(gettext("From"), formats.day(version.effective_from), formats.day(asked.effective_from)),
    ]


def _named(role: str, product: Product) -> str:
    code = ledger.gl(role, product.currency)
    return f"{code} {ledger.facts([code])[code].name}"


def _apply(asked: SetGlRole, deed: Deed) -> None:
    services.change_gl_role(
        product=selectors.product(asked.product),
        purpose=asked.purpose,
        role=asked.role,
        effective_from=asked.effective_from,
        actor=deed.checker,
    )


SET_GL_ROLE = catalogue.kind_of(
    "products.set_gl_role",
    _("Another GL role of a product"),
    SetGlRole,
    about=lambda asked: catalogue.subject("PRODUCT", asked.product),
    check=_check,
    difference=_difference,
    apply=_apply,
)
