"""What staff do about a customer, as forms; what needs two people is proposed here."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bank.cif import selectors, services
from bank.cif.commands import ChangeName, LegalHold, MergeCustomers, OverrideSegment
from bank.cif.models import (
    CHANNELS,
    DOCUMENT_KINDS,
    KYC_LEVELS,
    PARTY_ROLES,
    SEGMENTS,
    Customer,
    DuplicateCandidate,
)
from bank.cif.rules import CustomerKind, CustomerStatus
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.web.acts import Act
from bank.web.cells import Words
from bank.web.views.fields import DayField
from bank.workflows import services as workflows

_REASON = _("It stays on record, and whoever decides reads it.")
_RIGHT = "cif.change_customer"


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 5}))


class PartyForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=PARTY_ROLES)
    name = forms.CharField(label=_("Name"), max_length=140)
    birth_date = DayField(label=_("Date of birth"), required=False)
    nationality = forms.RegexField("^[A-Za-z]{2}$", label=_("Nationality (two letters)"), required=False)
    share_pct = forms.DecimalField(label=_("Share (%)"), max_digits=5, decimal_places=2, required=False)
    related_cif = forms.CharField(label=_("CIF, if they are a customer"), max_length=12, required=False)
    is_pep = forms.BooleanField(label=_("Politically exposed"), required=False)


class EndPartyForm(forms.Form):
    name = forms.CharField(label=_("Name, as it is on record"), max_length=140)
    role = forms.ChoiceField(label=_("Role"), choices=PARTY_ROLES)


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=_("Document"), choices=DOCUMENT_KINDS)
    number = forms.CharField(
        label=_("Number"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    country = forms.RegexField("^[A-Za-z]{2}$", label=_("Issued by (two letters)"), initial="KE")
    issued_date = DayField(label=_("Issued"), required=False)
    expires_date = DayField(label=_("Expires"), required=False)


class ProfileForm(forms.Form):
    occupation = forms.CharField(label=_("Occupation"), max_length=60, required=False)
    sector = forms.CharField(label=_("Sector"), max_length=30, required=False)
    source_of_funds = forms.CharField(label=_("Source of funds"), max_length=140, required=False)
    channel = forms.ChoiceField(label=_("Taken on through"), choices=CHANNELS)
    is_pep = forms.BooleanField(label=_("Politically exposed"), required=False)


class ReviewForm(forms.Form):
    level = forms.ChoiceField(label=_("How thoroughly they were looked at"), choices=KYC_LEVELS[1:])


class ContactForm(forms.Form):
    email = forms.CharField(label=_("E-mail address"), max_length=254)
    phone = forms.CharField(label=_("Phone"), max_length=30)
    street = forms.CharField(label=_("Street"), max_length=140, required=False)
    town = forms.CharField(label=_("Town"), max_length=60, required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=16, required=False)
    country = forms.RegexField("^[A-Za-z]{2}$", label=_("Country (two letters)"), initial="KE")


class NameForm(forms.Form):
    given_names = forms.CharField(label=_("Given names"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=60, required=False)
    registered_name = forms.CharField(
        label=_("Registered name"), help_text=_("Of an organisation alone."), max_length=140, required=False
    )
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class SegmentForm(forms.Form):
    segment = forms.ChoiceField(label=_("Segment"), choices=SEGMENTS)
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class MergeForm(forms.Form):
    survivor = forms.CharField(
        label=_("CIF that stays"),
        help_text=_("Everything this customer has passes to that one."),
        max_length=12,
    )
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class HoldForm(forms.Form):
    order = forms.CharField(
        label=_("Whose order"),
        help_text=_("Such as the court and its number. Leave it empty to lift the hold."),
        max_length=200,
        required=False,
    )
    reason = forms.CharField(label=_("Reason"), help_text=_REASON, max_length=300)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


def _relate(customer: Customer, actor: User, related_cif: str, **given: Any) -> None:
    related = selectors.by_cif(related_cif) if related_cif else None
    services.relate(customer=customer, related_customer=related, actor=actor, **given)


def _end_party(customer: Customer, actor: User, name: str, role: str) -> None:
    for party in selectors.parties_of(customer):
        if (party.name, party.role) == (name, role):
            services.end_relation(party=party, actor=actor)
            return
    raise NotFound(what="related party of that name and role")


def _record_paper(customer: Customer, actor: User, **given: Any) -> None:
    country = given.pop("country").upper()
    services.record_document(customer=customer, actor=actor, country=country, **given)


def _change_contact(customer: Customer, actor: User, **given: str) -> None:
    services.change_contact(customer=customer, contact=services.Contact(**given), actor=actor)


def _propose_name(customer: Customer, actor: User, reason: str, **given: str) -> None:
    payload = ChangeName(customer.cif, **given)
    workflows.propose(kind="cif.change_name", payload=payload, reason=reason, maker=actor)


def _propose_segment(customer: Customer, actor: User, reason: str, segment: str) -> None:
    payload = OverrideSegment(customer.cif, segment)
    workflows.propose(kind="cif.override_segment", payload=payload, reason=reason, maker=actor)


def _propose_merge(customer: Customer, actor: User, reason: str, survivor: str) -> None:
    payload = MergeCustomers(survivor.strip(), customer.cif)
    workflows.propose(kind="cif.merge_customers", payload=payload, reason=reason, maker=actor)


def _propose_hold(customer: Customer, actor: User, reason: str, order: str) -> None:
    payload = LegalHold(customer.cif, order)
    workflows.propose(kind="cif.legal_hold", payload=payload, reason=reason, maker=actor)


def _hold(customer: Customer) -> dict[str, str]:
    return {"order": selectors.profile_of(customer).legal_hold}


def _propose_pair(pair: DuplicateCandidate, actor: User, reason: str) -> None:
    """The older relationship stays."""
    payload = MergeCustomers(pair.first.cif, pair.second.cif)
    workflows.propose(kind="cif.merge_customers", payload=payload, reason=reason, maker=actor)


def _is_open(customer: Customer) -> bool:
    return customer.status != CustomerStatus.CLOSED


def _names(customer: Customer) -> dict[str, str]:
    if customer.kind == CustomerKind.PERSON:
        person = customer.person
        return {"given_names": person.given_names, "family_name": person.family_name}
    return {"registered_name": customer.organisation.registered_name}


def _contact(customer: Customer) -> dict[str, str]:
    place = selectors.address_of(customer)
    names = ("street", "town", "postal_code", "country")
    known = {name: getattr(place, name) for name in names} if place else {}
    return {"email": customer.email, "phone": customer.phone, **known}


def _profile(customer: Customer) -> dict[str, Any]:
    profile = selectors.profile_of(customer)
    names = ("occupation", "sector", "source_of_funds", "channel", "is_pep")
    return {name: getattr(profile, name) for name in names}


_WAITS = _("It waits for somebody else's approval.")
_KEPT = _("It is on record.")


def _add_note(customer: Customer, actor: User, text: str) -> None:
    services.add_note(customer=customer, text=text, actor=actor)


def _update_profile(customer: Customer, actor: User, **given: Any) -> None:
    services.update_profile(customer=customer, actor=actor, **given)


def _review(customer: Customer, actor: User, level: str) -> None:
    services.review_kyc(customer=customer, level=level, actor=actor)


def _dismiss(pair: DuplicateCandidate, actor: User, reason: str) -> None:
    services.dismiss(candidate=pair, reason=reason, actor=actor)


def _segment(customer: Customer) -> dict[str, str]:
    return {"segment": customer.segment}


def _undecided(pair: DuplicateCandidate) -> bool:
    return pair.decided_at is None


_TOLD = _("What holds now stays in the history. The customer is told.")
_SEALED = _("The number is sealed; only its ending is shown afterwards.")
_RATED = _("The risk is rated anew.")
_NEXT = _("The next review follows from the risk.")
_OLDER = _("The older relationship stays; everything of the younger passes to it.")
_HELD = _("Nothing of a customer under a hold is erased, whatever its age; nor while the hold is proposed.")
_GONE = _("The pair is not listed again.")


def _kept(
    title: Words, form: type[forms.Form], run: Callable[..., None], lead: Words = "", **more: Any
) -> Act:
    """Done at once, on record."""
    return Act(title, form, run, _RIGHT, _KEPT, lead, **({"possible": _is_open} | more))


def _proposed(title: Words, form: type[forms.Form], run: Callable[..., None], **more: Any) -> Act:
    """Only proposed: somebody else decides."""
    terms: dict[str, Any] = {"possible": _is_open, "lead": _WAITS, **more}
    return Act(title, form, run, _RIGHT, _WAITS, **terms)


CUSTOMER_ACTS = {
    "note": _kept(_("Add a note"), NoteForm, _add_note, possible=lambda _customer: True),
    "contact": _kept(_("Contact details"), ContactForm, _change_contact, _TOLD, initial=_contact),
    "party": _kept(_("Related party"), PartyForm, _relate),
    "end-party": _kept(_("End a relation"), EndPartyForm, _end_party),
    "paper": _kept(_("Identity document"), PaperForm, _record_paper, _SEALED),
    "profile": _kept(_("Profile"), ProfileForm, _update_profile, _RATED, initial=_profile),
    "review": _kept(_("Review"), ReviewForm, _review, _NEXT),
    "name": _proposed(_("Change the name"), NameForm, _propose_name, initial=_names),
    "segment": _proposed(_("Change the segment"), SegmentForm, _propose_segment, initial=_segment),
    "merge": _proposed(_("Merge into another"), MergeForm, _propose_merge),
    "hold": _proposed(
        _("Legal hold"), HoldForm, _propose_hold, initial=_hold, lead=_HELD, possible=lambda _customer: True
    ),
}
PAIR_ACTS = {
    "merge": _proposed(_("Propose to merge"), ReasonForm, _propose_pair, lead=_OLDER, possible=_undecided),
    "dismiss": _kept(_("They are two"), ReasonForm, _dismiss, _GONE, possible=_undecided),
}
