"""What is asked: which statement, which certificate, which subscription."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.kernel import ids
from bank.statements import formats, services
from bank.statements.models import CHANNELS, FREQUENCIES, Statement, Subscription
from bank.statements.rules import Channel, Frequency, Kind
from bank.web.papers.desk import HeldDeposit
from bank.web.views.fields import AccountChoiceField, DayField, Offered
from bank.web.views.holdings import Holding

CERTIFICATES = [
    (Kind.BALANCE.value, _("Balance on a day")),
    (Kind.INTEREST.value, _("Interest of a period")),
    (Kind.TAX.value, _("Tax withheld in a past year, all accounts and deposits")),
]


def format_choices() -> list[tuple[str, str]]:
    """Every format there is, in the reader's language."""
    return [(one.code, gettext(one.title)) for one in formats.EVERY.values()]


class _AboutAccount(forms.Form):
    account = AccountChoiceField(label=_("Account"))

    def __init__(self, *args: Any, accounts: Sequence[Offered], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)


class StatementForm(_AboutAccount):
    """Which account, which days, which form of statement. ``key`` makes asking twice by mistake ask once."""

    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    format = forms.ChoiceField(label=_("Format"), choices=format_choices, initial="PDF")
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, accounts: Sequence[Holding], today: date, **kwargs: Any) -> None:
        last_month_end = today.replace(day=1) - timedelta(days=1)
        kwargs["initial"] = {
            "since": last_month_end.replace(day=1),
            "until": last_month_end,
            "key": ids.uuid7().hex,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, accounts=accounts, **kwargs)
        self._today = today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day must not be before the first."))
        if since and since > self._today:
            self.add_error("since", gettext("The first day must not be in the future."))
        return given

    def request(self, user: User) -> Statement:
        """Asks for it. Raises what ``statements.services.request_statement`` raises."""
        given = self.cleaned_data
        return services.request_statement(
            user=user,
            account=given["account"].account,
            from_date=given["since"],
            to_date=given["until"],
            format=given["format"],
            key=given["key"],
        )


class CertificateForm(_AboutAccount):
    """What is certified, of which account, when."""

    kind = forms.ChoiceField(
        label=_("What the bank certifies"), choices=CERTIFICATES, widget=forms.RadioSelect
    )
    since = DayField(label=_("First day"), required=False, help_text=_("Only for the interest of a period."))
    until = DayField(
        label=_("Day, or last day"), help_text=_("For tax, any day of the year it was withheld in.")
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, accounts: Sequence[Holding], today: date, **kwargs: Any) -> None:
        last_year = today.replace(month=1, day=1) - timedelta(days=1)
        kwargs["initial"] = {
            "kind": Kind.BALANCE.value,
            "since": last_year.replace(month=1, day=1),
            "until": last_year,
            "key": ids.uuid7().hex,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, accounts=accounts, **kwargs)

    def request(self, user: User) -> Statement:
        """Asks for it. Raises what ``statements.services.request_certificate`` raises."""
        given = self.cleaned_data
        certificate, _replayed = services.request_certificate(
            user=user,
            account=given["account"].account,
            kind=given["kind"],
            from_date=given["since"] or given["until"],
            to_date=given["until"],
            key=given["key"],
        )
        return certificate


class SubscriptionForm(_AboutAccount):
    """Which account or deposit, which format, how often, and where to."""

    account = AccountChoiceField(label=_("Account or deposit"))
    format = forms.ChoiceField(label=_("Format"), choices=format_choices, initial="PDF")
    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=FREQUENCIES,
        widget=forms.RadioSelect,
        initial=Frequency.MONTHLY.value,
    )
    channel = forms.ChoiceField(
        label=_("Where to"), choices=CHANNELS, widget=forms.RadioSelect, initial=Channel.EMAIL.value
    )
    target = forms.CharField(
        label=_("Address of your server"),
        required=False,
        max_length=500,
        help_text=_("Only for a call to your server. It begins with https://."),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("channel") == Channel.WEBHOOK and not given.get("target"):
            self.add_error("target", gettext("Enter the address of your server."))
        return given

    def subscribe(self, user: User) -> Subscription:
        """Subscribes. Raises what ``statements.services.subscribe`` raises."""
        given = self.cleaned_data
        chosen = given["account"]
        return services.subscribe(
            user=user,
            account=chosen.deposit if isinstance(chosen, HeldDeposit) else chosen.account,
            format=given["format"],
            frequency=given["frequency"],
            channel=given["channel"],
            target=given["target"],
        )
