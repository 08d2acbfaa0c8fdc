"""How long what is kept, as rows two people change; what was erased of whom, on the customer's screen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.privacy import rules, selectors, wording
from bank.privacy.commands import SetRetention
from bank.privacy.models import Erasure, RetentionRule
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.staff import Column, Panel, adds_panel
from bank.workflows import services as workflows


class RetentionForm(forms.Form):
    years = forms.IntegerField(label=_("Years after the end"), min_value=0, max_value=rules.LONGEST_YEARS)
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose(row: RetentionRule, actor: User, years: int, reason: str) -> None:
    payload = SetRetention(row.kind, years)
    workflows.propose(kind="privacy.set_retention", payload=payload, reason=reason, maker=actor)


@admin.register(RetentionRule)
class RetentionTable(ActingTable):
    heading = _("Retention rules")
    list_display = ("named", "years", "least", "basis")
    search_fields = ("kind__iexact",)
    ordering = ("id",)
    fields = ("named", "years", "least", "basis")
    readonly_fields = ("named", "least", "basis")
    acts = {
        "change": Act(
            _("Propose another time"), RetentionForm, _propose, "privacy.change_retentionrule",
            _("It waits for somebody else's approval."),
            _("Whoever decides sees how many rows would be erased the next night. The books, payments "
              "and the chain of the audit trail have no end."),
            initial=lambda row: {"years": row.years},
        ),
    }  # fmt: skip

    @admin.display(description=_("kind of data"), ordering="kind")
    def named(self, row: RetentionRule) -> str:
        return wording.named(row.kind)

    @admin.display(description=_("the law wants, years"))
    def least(self, row: RetentionRule) -> str:
        rule = rules.DEFAULTS.get(row.kind)
        return str(rule.least_years) if rule else cells.NOTHING

    @admin.display(description=_("why"))
    def basis(self, row: RetentionRule) -> str:
        rule = rules.DEFAULTS.get(row.kind)
        return rule.basis if rule else cells.NOTHING


@adds_panel("cif_customer", rank=80)
def _of_customer(_request: HttpRequest, customer: Any) -> Panel | None:
    """What of a customer's data is gone, and what they asked for."""
    asked = selectors.erasure_asked(customer)
    gone = (
        Erasure.objects.filter(customer=customer, rows__gt=0).order_by("kind") if _is_erased(customer) else ()
    )
    rows: list[tuple[object, ...]] = [
        (wording.named(one.kind), one.rows, cells.moment(one.erased_at)) for one in gone
    ]
    if asked is not None:
        rows.append((_("Asked to be forgotten"), asked.reference, cells.moment(asked.requested_at)))
    columns = (Column(_("Data")), Column(_("Rows or case")), Column(_("When")))
    return Panel(_("Erased data"), columns, rows) if rows else None


def _is_erased(customer: Any) -> bool:
    """Whether anything is, as the profile loaded with the customer says."""
    profile = getattr(customer, "profile", None)
    return profile is not None and profile.erased_at is not None
