"""The staff table of signing rules, and the repair of rules that nobody of a company can meet any more."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.runtime import formats
from bank.signing import commands, rules, selectors
from bank.signing.models import SigningRule
from bank.web import cells
from bank.web.acts import Act, StartingTable
from bank.workflows.models import Command


class RepairForm(forms.Form):
    cif = forms.CharField(label=_("CIF number"), max_length=20)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="KES")
    steps = forms.CharField(
        label=_("Rules"),
        help_text=_("One a line: the amount above which it begins, and who signs, such as 100000 A+B or 2."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=1000,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose(user: User, cif: str, currency: str, steps: str, reason: str) -> Command:
    asked: dict[str, Any] = {"cif": cif, "currency": currency, "steps": commands.read(steps)}
    return commands.propose_repair(**asked, reason=reason, maker=user)


@admin.register(SigningRule)
class SigningRuleTable(StartingTable):
    """The bank's own rules and those of companies; a company changes its own with its signatures."""

    personal = "SIGNING_RULE"
    heading = _("Signing rules")
    list_display = ("whose", "currency", "above_shown", "ways_shown", "account", "payment_type")
    list_filter = ("currency", "payment_type")
    list_select_related = ("customer",)
    search_fields = ("customer__cif__exact",)
    search_help_text = _("CIF number of the company")
    ordering = ("customer", "currency", "account", "payment_type", "above")
    fields = (
        "whose", "currency", "above_shown", "ways_shown", "in_order", "maker_counts", "hours", "account",
        "payment_type", "can_be_met",
    )  # fmt: skip
    readonly_fields = ("whose", "above_shown", "ways_shown", "can_be_met")
    starts = {
        "repair": Act(
            _("Repair a company's rules"), RepairForm, _propose, commands.MAKER_RIGHT,
            _("It waits for somebody else's approval."),
            _("Only where those who may pay for the company can no longer meet its rules, so that it cannot "
              "change them itself. See a request of the company's directors first."),
        ),
    }  # fmt: skip

    @admin.display(description=_("company"), ordering="customer")
    def whose(self, row: SigningRule) -> str:
        return str(row.customer) if row.customer else gettext("Every company without its own")

    @admin.display(description=_("above"), ordering="above")
    def above_shown(self, row: SigningRule) -> str:
        return formats.number(row.above)

    @admin.display(description=_("who signs"))
    def ways_shown(self, row: SigningRule) -> str:
        return rules.write_ways(row.step.terms.ways)

    @admin.display(description=_("can be met"))
    def can_be_met(self, row: SigningRule) -> str | SafeString:
        if row.customer is None:
            return cells.NOTHING
        met = row not in selectors.unreachable(row.customer, row.currency)
        return cells.state("PAID" if met else "REJECTED", gettext("Yes") if met else gettext("No"))
