"""Staff tables of the catalogue: what is sold, at which price, since when; changes are proposed here."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.money import Money
from bank.products import rules
from bank.products.admin.desk import FEE_ACTS, TAX_ACTS, TERMS_ACTS, VERSION_ACTS
from bank.products.models import (
    CONVENTIONS,
    INTEREST_MODES,
    DepositTerms,
    FeeBand,
    FeeRule,
    InterestTier,
    LoanTerms,
    Product,
    ProductGlRole,
    ProductTerms,
    ProductVersion,
    TaxRule,
    TermRate,
)
from bank.web import cells
from bank.web.acts import ActingTable
from bank.web.staff import ReadOnlyLines, ReadOnlyTable


class VersionLines(ReadOnlyLines):
    model = ProductVersion
    fields = ("number", "effective_from", "effective_until")
    show_change_link = True


class TermsLines(ReadOnlyLines):
    model = ProductTerms
    fields = (
        "currency",
        "segment",
        "minimum_opening",
        "minimum_balance",
        "monthly_fee",
        "dormancy_days",
        "day_count",
        "capitalisation_frequency",
        "tier_method",
    )
    show_change_link = True


class TermRateLines(ReadOnlyLines):
    model = TermRate
    fields = ("currency", "tenor_months", "minimum", "annual_rate_pct", "day_count")


class LoanTermsLines(ReadOnlyLines):
    model = LoanTerms
    fields = (
        "currency",
        "segment",
        "minimum",
        "maximum",
        "minimum_months",
        "maximum_months",
        "annual_rate_pct",
        "highest_rate_pct",
        "fee_pct",
    )


class DepositTermsLines(ReadOnlyLines):
    model = DepositTerms
    fields = ("paid", "day_rule", "early", "instalments", "notice")
    readonly_fields = fields

    @admin.display(description=_("ways interest is paid"))
    def paid(self, terms: DepositTerms) -> str:
        return ", ".join(str(dict(INTEREST_MODES).get(mode, mode)) for mode in terms.modes)

    @admin.display(description=_("business-day rule"))
    def day_rule(self, terms: DepositTerms) -> str:
        return str(dict(CONVENTIONS).get(terms.convention, terms.convention))

    @admin.display(description=_("closed early"))
    def early(self, terms: DepositTerms) -> str:
        """From when, and what it costs by the months left."""
        steps = [
            gettext("over %(months)s months left: %(points)s points") % {"months": months, "points": points}
            for months, points in terms.early_steps
        ]
        first = gettext("after %d days") % terms.cooling_days
        share = gettext("%s per cent of the rate") % rules.plain(terms.early_share_pct)
        return "; ".join([first, *(steps or [share])])

    @admin.display(description=_("instalments"))
    def instalments(self, terms: DepositTerms) -> str:
        words = gettext("%(days)d days of grace, then %(pct)s per cent")
        return words % {"days": terms.grace_days, "pct": rules.plain(terms.missed_pct)}

    @admin.display(description=_("notice"))
    def notice(self, terms: DepositTerms) -> str:
        if not terms.notice_days:
            return cells.NOTHING
        words = (
            gettext("%d days, earlier at a cost")
            if terms.early_withdrawal
            else gettext("%d days, not earlier")
        )
        return words % terms.notice_days


class RoleLines(ReadOnlyLines):
    model = ProductGlRole
    fields = ("purpose", "role")


class TierLines(ReadOnlyLines):
    model = InterestTier
    fields = ("from_balance", "annual_rate_pct")


class BandLines(ReadOnlyLines):
    model = FeeBand
    fields = ("up_to", "flat", "rate_pct")


@admin.register(Product)
class ProductTable(ReadOnlyTable):
    list_display = ("code", "name", "kind", "currency")
    search_fields = ("code", "name")
    ordering = ("code",)
    inlines = (VersionLines,)


@admin.register(ProductVersion)
class VersionTable(ActingTable):
    acts = VERSION_ACTS
    list_display = ("product", "number", "effective_from", "effective_until")
    inlines = (TermsLines, TermRateLines, DepositTermsLines, LoanTermsLines, RoleLines)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductVersion]:
        return super().get_queryset(request).select_related("product")


@admin.register(ProductTerms)
class TermsTable(ActingTable):
    acts = TERMS_ACTS
    list_display = ("sold", "currency", "segment", "smallest")
    list_select_related = ("version__product",)
    inlines = (TierLines,)

    @admin.display(description=_("version"), ordering="version")
    def sold(self, terms: ProductTerms) -> str:
        return f"{terms.version.product.name} v{terms.version.number}"

    @admin.display(description=_("smallest opening deposit"), ordering="minimum_opening")
    def smallest(self, terms: ProductTerms) -> str:
        return cells.money(Money.of(terms.minimum_opening, terms.currency))


@admin.register(FeeRule)
class FeeTable(ActingTable):
    acts = FEE_ACTS
    heading = _("Fees")
    list_display = (
        "event",
        "currency",
        "segment",
        "kind",
        "flat",
        "rate_pct",
        "minimum",
        "maximum",
        "free_per_month",
        "effective_from",
    )
    list_filter = ("event", "currency")
    ordering = ("event", "currency", "-effective_from")
    inlines = (BandLines,)


@admin.register(TaxRule)
class TaxTable(ActingTable):
    acts = TAX_ACTS
    heading = _("Taxes")
    list_display = ("kind", "rate_pct", "gl_role", "effective_from", "effective_until")
