"""What may be paid, what is usual, and held payments, for staff: proposed here, decided by somebody else.

Who proposes a limit or a rule is shown first how many customers it concerns, and sends it a second time.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.kernel.money import Money
from bank.payments import rail
from bank.payments.commands import DECIDE_HELD, SET_LIMIT, SET_PACE, DecideHeld, SetLimit, SetPace
from bank.payments.commands.control import (
    HELD_RIGHT,
    LIMIT_RIGHT,
    PACE_RIGHT,
    affected_by_limit,
    affected_by_pace,
)
from bank.payments.models import DOORS, PACES, PaymentLimit, PaymentReview, VelocityRule
from bank.payments.rules import Pace, ReviewState
from bank.products.models import SEGMENTS
from bank.runtime import formats
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.web.previews import PreviewedTable
from bank.web.staff import Column, Figure, Panel
from bank.workflows import services as workflows
from bank.workflows.models import Command

_SEGMENTS = [("", _("Everybody")), *((one, one) for one in SEGMENTS)]
_REASON = _("It stays on record, and whoever decides reads it.")


def _sum(label: Any, *, required: bool = False) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=18, decimal_places=3, required=required, min_value=0)


class LimitForm(forms.Form):
    cif = forms.CharField(label=_("CIF, for one customer"), max_length=20, required=False)
    segment = forms.ChoiceField(label=_("Segment"), choices=_SEGMENTS, required=False)
    currency = forms.RegexField("^[A-Z]{3}$", label=_("Currency"), initial="KES")
    rail = forms.ChoiceField(label=_("Only by the rail"), required=False)
    channel = forms.ChoiceField(
        label=_("Only by the channel"), choices=[("", _("Every channel")), *DOORS], required=False
    )
    single = _sum(_("Single payment at most"), required=True)
    daily = _sum(_("In a day at most"))
    ceiling = _sum(_("The customer may raise the day to"))
    monthly = _sum(_("In a month at most"))
    remove = forms.BooleanField(label=_("Take this limit away: the wider one holds"), required=False)
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rail"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Every rail")), *((one, one) for one in sorted(rail.every()))]


class PaceForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is counted"), choices=PACES)
    segment = forms.ChoiceField(label=_("Segment"), choices=_SEGMENTS, required=False)
    currency = forms.RegexField(
        "^([A-Z]{3})?$", label=_("Currency"), help_text=_("Of sums only."), required=False
    )
    channel = forms.ChoiceField(
        label=_("Of what"), required=False,
        choices=[("", _("Payments one by one")), ("FILE", _("Lines of payment files"))],
    )  # fmt: skip
    minutes = forms.IntegerField(label=_("Within so many minutes"), min_value=1, max_value=43_200, initial=60)
    most = _sum(_("At most"), required=True)
    remove = forms.BooleanField(label=_("Take this rule away: nothing is watched"), required=False)
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class WhyForm(forms.Form):
    reason = forms.CharField(
        label=_("What was found"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


def _limit(reason: str = "", **given: Any) -> SetLimit:
    return SetLimit(**given)


def _pace(reason: str = "", **given: Any) -> SetPace:
    return SetPace(**given)


def _propose_limit(user: User, reason: str, **given: Any) -> Command:
    return workflows.propose(kind=SET_LIMIT, payload=SetLimit(**given), reason=reason, maker=user)


def _propose_pace(user: User, reason: str, **given: Any) -> Command:
    return workflows.propose(kind=SET_PACE, payload=SetPace(**given), reason=reason, maker=user)


def _propose_letting_go(record: PaymentReview, user: User, reason: str) -> Command:
    asked = DecideHeld(record.order.reference, let_go=True)
    return workflows.propose(kind=DECIDE_HELD, payload=asked, reason=reason, maker=user)


def _propose_refusing(record: PaymentReview, user: User, reason: str) -> Command:
    asked = DecideHeld(record.order.reference, let_go=False)
    return workflows.propose(kind=DECIDE_HELD, payload=asked, reason=reason, maker=user)


@admin.register(PaymentLimit)
class LimitTable(PreviewedTable):
    personal = "PAYMENT_LIMIT"
    heading = _("Limits")
    list_display = ("whose", "rail", "channel", "currency", "single", "daily", "monthly", "ceiling")
    list_filter = (
        "currency",
        ("segment", admin.EmptyFieldListFilter),
        ("rail", admin.EmptyFieldListFilter),
        "channel",
    )
    list_select_related = ("customer",)
    search_fields = ("customer__cif__exact",)
    search_help_text = _("CIF")
    ordering = ("currency", "segment", "id")
    fields = ("whose", "rail", "channel", "currency", "single", "daily", "monthly", "ceiling")
    readonly_fields = ("whose", "single", "daily", "monthly", "ceiling")
    affected = staticmethod(lambda **given: affected_by_limit(_limit(**given)))
    starts = {
        "limit": Act(
            _("Propose a limit"), LimitForm, _propose_limit, LIMIT_RIGHT,
            _("It waits for somebody else's approval."),
            _("A limit of a rail or a channel holds besides the one for everything, and counts from its "
              "approval on."),
        ),
    }  # fmt: skip

    @admin.display(description=_("for"))
    def whose(self, limit: PaymentLimit) -> str:
        return str(limit.customer or limit.segment or _("Everybody"))

    @admin.display(description=_("single payment at most"))
    def single(self, limit: PaymentLimit) -> str:
        return _shown(limit.single_maximum, limit)

    @admin.display(description=_("in a day at most"))
    def daily(self, limit: PaymentLimit) -> str:
        return _shown(limit.daily_maximum, limit)

    @admin.display(description=_("in a month at most"))
    def monthly(self, limit: PaymentLimit) -> str:
        return _shown(limit.monthly_maximum, limit)

    @admin.display(description=_("may be raised to"))
    def ceiling(self, limit: PaymentLimit) -> str:
        return _shown(limit.daily_ceiling, limit)


def _shown(amount: Any, limit: PaymentLimit) -> str:
    return cells.money(None if amount is None else Money(amount, limit.currency))


@admin.register(VelocityRule)
class PaceTable(PreviewedTable):
    heading = _("Velocity rules")
    list_display = ("kind", "whose", "channel", "window_minutes", "most_shown")
    list_filter = ("kind", "channel", ("segment", admin.EmptyFieldListFilter))
    ordering = ("kind", "segment", "currency", "channel")
    fields = ("kind", "whose", "channel", "window_minutes", "most_shown")
    readonly_fields = ("whose", "most_shown")
    affected = staticmethod(lambda **given: affected_by_pace(_pace(**given)))
    starts = {
        "rule": Act(
            _("Propose a rule"), PaceForm, _propose_pace, PACE_RIGHT,
            _("It waits for somebody else's approval."),
            _("A segment's rule holds instead of everybody's. What is above it is held for review; to a new "
              "payee it is refused."),
        ),
    }  # fmt: skip

    @admin.display(description=_("for"), ordering="segment")
    def whose(self, rule: VelocityRule) -> str:
        return str(rule.segment or _("Everybody"))

    @admin.display(description=_("at most"), ordering="most")
    def most_shown(self, rule: VelocityRule) -> str:
        if rule.kind in {Pace.SUM, Pace.COOLING}:
            return cells.money(Money(rule.most, rule.currency))
        return formats.number(rule.most)


@admin.register(PaymentReview)
class ReviewTable(ActingTable):
    heading = _("Held payments")
    list_display = ("reference", "opened_at", "amount", "creditor", "score", "review_state")
    list_filter = ("state",)
    list_select_related = ("order",)
    search_fields = ("order__reference__exact",)
    search_help_text = _("Reference")
    ordering = ("-id",)
    fields = ("order", "review_state", "amount", "creditor", "score", "opened_at", "decided_at", "decided_by")
    readonly_fields = ("amount", "creditor", "review_state")
    personal = "PAYMENT"
    acts = {
        "release": Act(
            _("Propose letting it go"), WhyForm, _propose_letting_go, HELD_RIGHT,
            _("Somebody else decides on it."), possible=lambda one: one.state == ReviewState.OPEN,
        ),
        "refuse": Act(
            _("Propose refusing it"), WhyForm, _propose_refusing, HELD_RIGHT,
            _("Somebody else decides on it."), possible=lambda one: one.state == ReviewState.OPEN,
        ),
    }  # fmt: skip

    def figure(self, record: PaymentReview) -> Figure:
        order = record.order
        return Figure(order.money, _("to %(name)s") % {"name": order.creditor_name})

    def panels(self, request: HttpRequest, record: PaymentReview) -> list[Panel]:
        rows = [(cells.code(one["code"]), one["sentence"]) for one in record.reasons]
        columns = (Column(_("Rule")), Column(_("Found")))
        return [Panel(_("Why it is held"), columns, rows)]

    @admin.display(description=_("reference"), ordering="order__reference")
    def reference(self, review: PaymentReview) -> str:
        return review.order.reference

    @admin.display(description=_("amount"), ordering="order__amount")
    def amount(self, review: PaymentReview) -> str:
        return cells.money(review.order.money)

    @admin.display(description=_("to"))
    def creditor(self, review: PaymentReview) -> str:
        return f"{review.order.creditor_name} {review.order.creditor_number}"

    @admin.display(description=_("state"), ordering="state")
    def review_state(self, review: PaymentReview) -> SafeString:
        return cells.state(review.state)
