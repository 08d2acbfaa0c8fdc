"""What staff propose about the catalogue, as forms; somebody else decides."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.products import ladders, rules, selectors
from bank.products.commands import (
    MAKER_RIGHT,
    TERMS_FIELDS,
    ChangeDeposit,
    ChangeTerms,
    SetFee,
    SetGlRole,
    SetTax,
    deposits,
)
from bank.products.models import (
    BALANCE_BASES,
    CONVENTIONS,
    FEE_BEARERS,
    FEE_KINDS,
    FREQUENCIES,
    GL_PURPOSES,
    INTEREST_MODES,
    SEGMENTS,
    TIER_METHODS,
    FeeRule,
    ProductTerms,
    ProductVersion,
    TaxRule,
)  # fmt: skip
from bank.web.acts import Act
from bank.web.cells import Words
from bank.web.views.fields import DayField
from bank.workflows import services as workflows

_REASON = _("It stays on record, and whoever decides reads it.")
_WAITS = _("It waits for somebody else's approval, who sees what changes for whom.")
_SEGMENTS = [("", _("All")), *((one, one) for one in SEGMENTS)]


def _sum(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=18, decimal_places=3, required=required, min_value=0)


def _per_cent(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=9, decimal_places=6, min_value=0, max_value=100)


def _days(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_200)


def _lines(label: Any, help_text: Any, rows: int = 4) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, max_length=1_000, required=False, widget=widget)


class TermsForm(forms.Form):
    currency = forms.RegexField("^[A-Z]{3}$", label=_("Currency"))
    segment = forms.ChoiceField(label=_("Segment"), choices=_SEGMENTS, required=False)
    effective_from = DayField(label=_("From"))
    minimum_opening = _sum(_("Smallest opening deposit"))
    minimum_balance = _sum(_("Balance to keep"))
    monthly_fee = _sum(_("Monthly fee"))
    below_minimum_fee = _sum(_("Fee below the balance to keep"))
    waived_from_balance = _sum(_("Monthly fee waived from a balance of"), required=False)
    waived_from_payments = forms.IntegerField(
        label=_("Monthly fee waived from so many payments a month"), min_value=1, required=False
    )
    fee_bearer = forms.ChoiceField(label=_("Who bears the period's fees"), choices=FEE_BEARERS)
    dormancy_days = forms.IntegerField(label=_("Dormant after so many days"), min_value=1, required=False)
    single_debit_limit = _sum(_("Most a single payment may take"), required=False)
    tiers = _lines(_("Interest tiers"), _("One a line: the balance it begins at, and the per cent a year."))
    tier_method = forms.ChoiceField(label=_("Tiers"), choices=TIER_METHODS)
    balance_basis = forms.ChoiceField(label=_("Balance that earns"), choices=BALANCE_BASES)
    day_count = forms.ChoiceField(label=_("Day count"), choices=[(one, one) for one in rules.DAY_COUNTS])
    accrual_frequency = forms.ChoiceField(label=_("Accrued"), choices=FREQUENCIES)
    capitalisation_frequency = forms.ChoiceField(label=_("Capitalised"), choices=FREQUENCIES)
    debit_rate_pct = _per_cent(_("Per cent a year on an overdraft"))
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class FeeForm(forms.Form):
    effective_from = DayField(label=_("From"))
    segment = forms.ChoiceField(label=_("Segment"), choices=_SEGMENTS, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=FEE_KINDS)
    flat = _sum(_("Flat sum"))
    rate_pct = _per_cent(_("Per cent"))
    minimum = _sum(_("At least"), required=False)
    maximum = _sum(_("At most"), required=False)
    bands = _lines(
        _("Bands"), _("One a line: up to (a hyphen in the last), the flat sum, the per cent."), rows=8
    )
    free_per_month = forms.IntegerField(
        label=_("Free each month, by account"), min_value=0, max_value=rules.MOST_FREE, initial=0
    )
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class TaxForm(forms.Form):
    effective_from = DayField(label=_("From"))
    rate_pct = _per_cent(_("Per cent"))
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class DepositForm(forms.Form):
    """One form for deposits with a term and without."""

    currency = forms.RegexField("^[A-Z]{3}$", label=_("Currency"))
    effective_from = DayField(label=_("From"))
    rates = _lines(
        _("Rates"),
        _(
            "One a line. With a term: the months, the smallest deposit, the per cent a year. "
            "Without: the balance it begins at, the per cent a year."
        ),
        rows=8,
    )
    minimum = _sum(_("Smallest deposit, where it has no term"), required=False)
    modes = forms.MultipleChoiceField(
        label=_("Ways interest is paid"),
        choices=INTEREST_MODES,
        widget=forms.CheckboxSelectMultiple,
    )
    convention = forms.ChoiceField(label=_("Business-day rule"), choices=CONVENTIONS)
    cooling_days = _days(_("Days it cannot be closed"))
    early_steps = _lines(
        _("Closed early"), _("One a line: more than so many months left, the points taken off the rate.")
    )
    early_share_pct = _per_cent(_("Share of the rate when closed early"))
    grace_days = _days(_("Days of grace for an instalment"))
    missed_pct = _per_cent(_("Per cent of a missed instalment"))
    notice_days = _days(_("Days of notice"))
    early_withdrawal = forms.BooleanField(label=_("Withdrawn before notice at a cost"), required=False)
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class RoleForm(forms.Form):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=GL_PURPOSES)
    role = forms.RegexField(
        "^[A-Z_]{3,40}$", label=_("GL role"), help_text=_("As the chart of accounts names it.")
    )
    effective_from = DayField(label=_("From"))
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


def _terms_now(row: ProductTerms) -> dict[str, Any]:
    names = ("currency", "segment", *TERMS_FIELDS)
    tiers = rules.write_tiers(selectors.interest_terms(row).tiers)
    return {**{name: getattr(row, name) for name in names}, "tiers": tiers}


def _fee_now(row: FeeRule) -> dict[str, Any]:
    names = ("segment", "kind", "flat", "rate_pct", "minimum", "maximum", "free_per_month")
    bands = rules.write_bands(selectors.fee_terms(row).bands)
    return {**{name: getattr(row, name) for name in names}, "bands": bands}


def _tax_now(row: TaxRule) -> dict[str, Any]:
    return {"rate_pct": row.rate_pct}


def _deposit_now(version: ProductVersion) -> dict[str, Any]:
    held, currency = deposits.held_rules(version), version.product.currency
    price = deposits.held_price(version, currency)
    return {
        **asdict(held),
        "currency": currency,
        "early_steps": ladders.write_steps(held.early_steps),
        "rates": ladders.write_rates(price.terms) or rules.write_tiers(price.tiers),
        "minimum": price.minimum,
    }


def _propose_deposit(version: ProductVersion, actor: User, reason: str, **given: Any) -> None:
    given["modes"] = ",".join(given["modes"])
    payload = ChangeDeposit(product=version.product.code, **given)
    workflows.propose(kind="products.change_deposit", payload=payload, reason=reason, maker=actor)


def _propose_role(version: ProductVersion, actor: User, reason: str, **given: Any) -> None:
    payload = SetGlRole(product=version.product.code, **given)
    workflows.propose(kind="products.set_gl_role", payload=payload, reason=reason, maker=actor)


def _is_deposit(version: ProductVersion) -> bool:
    return version.product.kind in rules.DEPOSIT_ROLES


def _has_roles(version: ProductVersion) -> bool:
    return version.product.kind in rules.ACCOUNT_KINDS or _is_deposit(version)


def _propose_terms(row: ProductTerms, actor: User, reason: str, **given: Any) -> None:
    payload = ChangeTerms(product=row.version.product.code, **given)
    workflows.propose(kind="products.change_terms", payload=payload, reason=reason, maker=actor)


def _propose_fee(row: FeeRule, actor: User, reason: str, **given: Any) -> None:
    payload = SetFee(event=row.event, currency=row.currency, **given)
    workflows.propose(kind="products.set_fee", payload=payload, reason=reason, maker=actor)


def _propose_tax(row: TaxRule, actor: User, reason: str, **given: Any) -> None:
    payload = SetTax(kind=row.kind, **given)
    workflows.propose(kind="products.set_tax", payload=payload, reason=reason, maker=actor)


def _act(
    title: Words, form: type[forms.Form], run: Callable[..., None], initial: Callable[[Any], dict[str, Any]]
) -> dict[str, Act]:
    return {"change": Act(title, form, run, MAKER_RIGHT, _WAITS, _WAITS, initial=initial)}


VERSION_ACTS: dict[str, Act] = {
    "deposit": Act(
        _("Propose other rates or rules"), DepositForm, _propose_deposit, MAKER_RIGHT, _WAITS, _WAITS,
        initial=_deposit_now, possible=_is_deposit,
    ),
    "role": Act(
        _("Propose another GL role"), RoleForm, _propose_role, MAKER_RIGHT, _WAITS, _WAITS,
        possible=_has_roles,
    ),
}  # fmt: skip
"""Apps above add theirs: what is done to the accounts under a version."""
TERMS_ACTS = _act(_("Propose other terms"), TermsForm, _propose_terms, _terms_now)
FEE_ACTS = _act(_("Propose another price"), FeeForm, _propose_fee, _fee_now)
TAX_ACTS = _act(_("Propose another rate"), TaxForm, _propose_tax, _tax_now)
