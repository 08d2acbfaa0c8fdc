"""Which account, which days, which form of statement."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel import ids
from bank.web.views.fields import AccountChoiceField, DayField
from bank.web.views.holdings import Holding

FORMATS = [("PDF", _("PDF, to keep or to show")), ("CSV", _("CSV, for a spreadsheet"))]


class StatementForm(forms.Form):
    """``key`` makes asking twice by mistake ask once."""

    account = AccountChoiceField(label=_("Account"))
    since = DayField(label=_("First day"))
    until = DayField(label=_("Last day"))
    format = forms.ChoiceField(label=_("Format"), choices=FORMATS, widget=forms.RadioSelect, initial="PDF")
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, accounts: Sequence[Holding], today: date, **kwargs: Any) -> None:
        last_month_end = today.replace(day=1) - timedelta(days=1)
        kwargs["initial"] = {
            "since": last_month_end.replace(day=1),
            "until": last_month_end,
            "key": ids.uuid7().hex,
            **kwargs.get("initial", {}),
        }
        super().__init__(*args, **kwargs)
        self._today = today
        account = self.fields["account"]
        assert isinstance(account, AccountChoiceField)
        account.offer(accounts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            self.add_error("until", gettext("The last day must not be before the first."))
        if since and since > self._today:
            self.add_error("since", gettext("The first day must not be in the future."))
        return given
