"""The staff table of branches and cash machines; two people open, change and give up one."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.kernel import clock
from bank.places.commands import GiveUpPlace, PlaceTerms, terms_of
from bank.places.models import PLACE_KINDS, SERVICES, OpeningHours, Place
from bank.web.acts import Act, StartingTable
from bank.web.staff import ReadOnlyLines
from bank.web.views.fields import DayField
from bank.workflows import services as workflows
from bank.workflows.models import Command


class ChangeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    town = forms.CharField(label=_("Town"), max_length=60)
    street = forms.CharField(label=_("Street"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=24, required=False)
    latitude = forms.DecimalField(label=_("Latitude"), max_digits=8, decimal_places=5)
    longitude = forms.DecimalField(label=_("Longitude"), max_digits=8, decimal_places=5)
    services = forms.MultipleChoiceField(
        label=_("Services"),
        choices=list(SERVICES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    hours = forms.CharField(
        label=_("Hours"),
        help_text=_("A line each, such as Mon-Fri 08:30-16:00. Empty: day and night."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=1_000,
        required=False,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class OpenForm(ChangeForm):
    code = forms.CharField(
        label=_("Code"), help_text=_("Part of its address, such as nairobi-westlands."), max_length=40
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=PLACE_KINDS)
    field_order = ("code", "kind")


class GiveUpForm(forms.Form):
    on = DayField(label=_("From which day on"))
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose_opening(actor: User, reason: str, **given: Any) -> Command:
    return workflows.propose(kind="places.open", payload=PlaceTerms(**given), reason=reason, maker=actor)


def _propose_change(place: Place, actor: User, reason: str, **given: Any) -> None:
    payload = PlaceTerms(code=place.code, kind=place.kind, **given)
    workflows.propose(kind="places.change", payload=payload, reason=reason, maker=actor)


def _propose_giving_up(place: Place, actor: User, reason: str, on: date) -> None:
    payload = GiveUpPlace(place.code, on)
    workflows.propose(kind="places.give_up", payload=payload, reason=reason, maker=actor)


class HoursLines(ReadOnlyLines):
    model = OpeningHours
    fields = ("weekday", "opens", "closes")


def _is_there(place: Place) -> bool:
    return place.closed_on is None or place.closed_on > clock.today()


_WAITS = _("It waits for somebody else's approval.")


@admin.register(Place)
class PlaceTable(StartingTable):
    heading = _("Branches and cash machines")
    list_display = ("code", "kind", "name", "town", "street", "is_always_open", "closed_on")
    list_filter = ("kind", "town")
    search_fields = ("code", "name", "town", "street")
    ordering = ("town", "kind", "name")
    inlines = (HoursLines,)
    starts = {
        "open": Act(_("Propose a new one"), OpenForm, _propose_opening, "places.add_place", _WAITS),
    }
    acts = {
        "change": Act(
            _("Propose a change"), ChangeForm, _propose_change, "places.change_place", _WAITS,
            initial=terms_of, possible=_is_there,
        ),
        "give-up": Act(
            _("Propose to give it up"), GiveUpForm, _propose_giving_up, "places.change_place", _WAITS,
            _("From that day on it is not shown to customers; its row stays."), possible=_is_there,
        ),
    }  # fmt: skip
