"""A company's webhooks: made, watched, told again, rotated and ended."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.accounts import selectors as accounts
from bank.cif.models import Customer
from bank.kernel import clock
from bank.kernel.errors import BankError, NotFound
from bank.notifications import selectors, services
from bank.notifications.models import WebhookDelivery
from bank.notifications.rules import DeliveryState, Event
from bank.web.developers.desk import Desk, OpenDesk, at_desk, at_fresh_desk
from bank.web.views.pages import posted, spoken

_SHOWN = 50
_REPLAYED = timedelta(days=3)
EVENTS = [
    (Event.PAYMENT_SETTLED.value, _("A payment of ours was settled")),
    (Event.PAYMENT_CHANGED.value, _("A payment of ours came to another state")),
    (Event.MONEY_RECEIVED.value, _("Money came in")),
    (Event.FILE_PAID.value, _("A payment file was paid")),
    (Event.STATEMENT_READY.value, _("A statement is ready")),
    (Event.DEPOSIT_MATURED.value, _("A deposit matured")),
    (Event.APPROVAL_WAITS.value, _("Something waits for signatures")),
    (Event.APPROVAL_DECIDED.value, _("What waited for signatures was decided")),
]
_STATES = {
    DeliveryState.DELIVERED: ("READY", _("Delivered")),
    DeliveryState.GIVEN_UP: ("FAILED", _("Given up")),
    DeliveryState.WAITING: ("PENDING", _("On its way")),
}


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It begins with https:// and answers the challenge we send when you press the button."),
    )
    events = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple, choices=EVENTS)
    numbers = forms.MultipleChoiceField(
        label=_("Accounts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none ticked, all of them."),
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company = _company(desk)
        own = [one.account for one in accounts.accounts_for(desk.user)]
        self.fields["numbers"].choices = [  # type: ignore[attr-defined]
            (account.number, account.number) for account in own if account.customer_id == company.pk
        ]


@require_GET
@at_desk
def overview(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Where the company is told, and how that goes."""
    return desk.show(request, "webhooks.html", webhooks=selectors.endpoints_of(desk.user, _company(desk)))


@require_http_methods(["GET", "POST"])
@at_fresh_desk
@sensitive_variables("secret")
def new(request: HttpRequest, desk: Desk) -> HttpResponseBase:
    """Calls the address with a challenge; its secret is shown on the page that answers, and never again."""
    form = WebhookForm(posted(request), desk=desk)
    if form.is_valid():
        try:
            webhook, secret = services.create_endpoint(
                user=desk.user, customer=_company(desk), **form.cleaned_data
            )
            return desk.show(request, "webhook_secret.html", webhook=webhook, secret=secret)
        except BankError as refusal:
            form.add_error(None, spoken(refusal))
    return desk.show(request, "new_webhook.html", form=form)


@require_GET
@at_desk
def one(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    """The newest deliveries of a webhook with how the last try of each went."""
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    told = selectors.deliveries_of(webhook).order_by("-id")[:_SHOWN]
    lines = [
        {"delivery": line, "last": next(iter(line.tries.all()), None), "state": _state(line)} for line in told
    ]
    wanted = [label for value, label in EVENTS if value in webhook.events]
    return desk.show(request, "webhook.html", webhook=webhook, lines=lines, wanted=wanted)


@require_POST
@at_fresh_desk
@sensitive_variables("secret")
def rotate(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    """A new secret, shown once; for a day both sign."""
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    secret = services.rotate_secret(user=desk.user, endpoint=webhook)
    return desk.show(request, "webhook_secret.html", webhook=webhook, secret=secret)


@require_POST
@at_desk
def replay(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    """Tells one delivery again where the form names it, otherwise those of the last three days."""
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    chosen = request.POST.get("delivery", "")
    if chosen:
        again = services.replay_one(user=desk.user, endpoint=webhook, delivery_id=_uuid(chosen))
    else:
        since = clock.now() - _REPLAYED
        again = services.replay_deliveries(user=desk.user, endpoint=webhook, since=since)
    messages.info(request, gettext("%(count)d are sent again.") % {"count": again})
    return redirect(request.path.removesuffix("replay/"))


@require_POST
@at_desk
def enable(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    try:
        services.enable_endpoint(user=desk.user, endpoint=webhook)
        messages.info(request, gettext("It is told again from now on."))
    except BankError as refusal:
        messages.error(request, spoken(refusal))
    return redirect(request.path.removesuffix("enable/"))


@require_POST
@at_desk
def disable(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    services.disable_endpoint(user=desk.user, endpoint=webhook)
    messages.info(request, gettext("It is told nothing until you enable it."))
    return redirect(request.path.removesuffix("disable/"))


@require_POST
@at_desk
def end(request: HttpRequest, desk: Desk, webhook_id: UUID) -> HttpResponseBase:
    webhook = selectors.endpoint_for(desk.user, _company(desk), webhook_id)
    services.end_endpoint(user=desk.user, endpoint=webhook)
    messages.info(request, gettext("The webhook has ended."))
    return redirect(f"{desk.root}webhooks/")


def patterns(open_desk: OpenDesk, prefix: str) -> list[URLPattern]:
    """The pages for a door whose desks are those of companies."""
    pages: list[tuple[str, Any, str]] = [
        ("", overview, "webhooks"),
        ("new/", new, "webhooks-new"),
        ("<uuid:webhook_id>/", one, "webhook"),
        ("<uuid:webhook_id>/secret/", rotate, "webhook-rotate"),
        ("<uuid:webhook_id>/replay/", replay, "webhook-replay"),
        ("<uuid:webhook_id>/enable/", enable, "webhook-enable"),
        ("<uuid:webhook_id>/disable/", disable, "webhook-disable"),
        ("<uuid:webhook_id>/end/", end, "webhook-end"),
    ]
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in pages]


def _company(desk: Desk) -> Customer:
    if desk.company is None:
        raise NotFound(what="webhook")
    return desk.company


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="delivery") from None


def _state(delivery: WebhookDelivery) -> tuple[str, str]:
    code, words = _STATES[delivery.state]
    return code, str(words)
