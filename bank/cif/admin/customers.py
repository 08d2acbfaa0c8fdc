"""Staff tables of customers: to search by CIF or name, and to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.audit import selectors as audit
from bank.audit.models import AuditRecord
from bank.cif.admin.desk import CUSTOMER_ACTS, PAIR_ACTS
from bank.cif.admin.gathering import GatheredLines, gather
from bank.cif.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerNote,
    CustomerProfile,
    DuplicateCandidate,
    IdentityDocument,
    Mandate,
    Organisation,
    Person,
    RelatedParty,
    RiskAssessment,
)
from bank.cif.rating import Rating
from bank.web import cells
from bank.web.acts import ActingTable
from bank.web.staff import Column, Panel, ReadOnlyLines, adds_panel, note_look
from bank.workflows import selectors as workflows


class _Lines(ReadOnlyLines):
    """Lines of what was gathered with the customer."""

    formset = GatheredLines


class PersonLines(_Lines):
    model = Person
    fields = ("given_names", "family_name", "birth_date", "nationality")


class OrganisationLines(_Lines):
    model = Organisation
    fields = ("registered_name", "registration_number", "legal_form", "country")


class AddressLines(_Lines):
    model = Address
    fields = ("purpose", "street", "town", "postal_code", "country", "valid_from", "valid_until")


class ContactLines(_Lines):
    model = ContactPoint
    verbose_name_plural = _("ways of contact, the earlier ones too")
    fields = ("kind", "value", "valid_from", "valid_until", "changed_by")


class PartyLines(_Lines):
    model = RelatedParty
    fk_name = "customer"
    fields = (
        "role",
        "name",
        "birth_date",
        "share_pct",
        "is_pep",
        "related_customer",
        "valid_from",
        "valid_until",
    )


class PaperLines(_Lines):
    model = IdentityDocument
    fields = ("kind", "country", "ending", "issued_date", "expires_date", "valid_until")


class NoteLines(_Lines):
    model = CustomerNote
    fields = ("at", "author", "text")


class MandateLines(_Lines):
    model = Mandate
    fields = (
        "user",
        "role",
        "pays",
        "single_limit",
        "limit_currency",
        "valid_from",
        "valid_until",
        "revoked_at",
    )

    @admin.display(description=_("may pay"))
    def pays(self, mandate: Mandate) -> str:
        return cells.yes_no(mandate.can_pay)


@admin.register(Customer)
class CustomerTable(ActingTable):
    """Everything the bank has of a customer on one screen, made of the panels apps add to it."""

    acts = CUSTOMER_ACTS
    list_display = ("cif", "display_name", "segment", "state", "joined_date")
    list_filter = ("segment", "status", "kind")
    search_fields = ("cif__exact", "display_name__icontains", "email__iexact", "phone__exact")
    search_help_text = _("CIF, name, e-mail address or phone")
    ordering = ("cif",)
    inlines = (
        *(PersonLines, OrganisationLines, PartyLines, PaperLines, AddressLines, ContactLines, MandateLines),
        NoteLines,
    )
    fields = (
        *("cif", "display_name", "kind", "segment_said", "state", "email", "phone", "joined_date"),
        *("risk", "due_diligence", "occupation", "funds", "legal_hold", "erased"),
    )
    readonly_fields = (
        *("segment_said", "state", "risk", "due_diligence", "occupation", "funds", "legal_hold", "erased"),
    )
    personal = "CUSTOMER"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return super().get_queryset(request).select_related("profile", "merged_into")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            found.gathered = gather(found)
        return found

    def subject(self, record: Customer) -> str:
        return record.cif

    def links(self, request: HttpRequest, record: Customer) -> list[tuple[cells.Words, str]]:
        trail = reverse("admin:audit_auditrecord_changelist", query={"q": record.cif})
        links = super().links(request, record)
        return [*links, (_("Audit trail"), trail)] if cells.may_look(request, "audit_auditrecord") else links

    @admin.display(description=_("segment"), ordering="segment")
    def segment_said(self, customer: Customer) -> str:
        why = _profile(customer).segment_reason
        said = str(customer.get_segment_display())
        return f"{said} ({why})" if why else said

    @admin.display(description=_("risk"))
    def risk(self, customer: Customer) -> SafeString | str:
        found = _assessment(customer)
        if found is None:
            return gettext("Not rated yet")
        return cells.state(_RISK_TONES[Rating(found.rating)], f"{found.get_rating_display()}, {found.score}")

    @admin.display(description=_("due diligence"))
    def due_diligence(self, customer: Customer) -> str:
        profile = _profile(customer)
        said = str(profile.get_kyc_level_display())
        if profile.next_review_date is None:
            return said
        return gettext("%(level)s, next review %(day)s") % {
            "level": said,
            "day": cells.day(profile.next_review_date),
        }

    @admin.display(description=_("occupation or sector"))
    def occupation(self, customer: Customer) -> str:
        profile = _profile(customer)
        sector = profile.sector.replace("_", " ").capitalize()
        return cells.joined([one for one in (profile.occupation, sector) if one])

    @admin.display(description=_("source of funds"))
    def funds(self, customer: Customer) -> str:
        return _profile(customer).source_of_funds or cells.NOTHING

    @admin.display(description=_("legal hold"))
    def legal_hold(self, customer: Customer) -> SafeString | str:
        order = _profile(customer).legal_hold
        return cells.state("ON_HOLD", order) if order else cells.NOTHING

    @admin.display(description=_("personal data erased"))
    def erased(self, customer: Customer) -> str:
        at = _profile(customer).erased_at
        return cells.moment(at) if at else cells.NOTHING

    @admin.display(description=_("status"), ordering="status")
    def state(self, customer: Customer) -> SafeString:
        return cells.state(customer.status)


@admin.register(DuplicateCandidate)
class DuplicateTable(ActingTable):
    """Pairs that may be one customer; merged by two people, or said to be two."""

    acts = PAIR_ACTS
    list_display = ("pair", "first", "second", "score", "shared", "found_at", "decision")
    list_filter = (("decided_at", admin.EmptyFieldListFilter),)
    list_select_related = ("first", "second")
    search_fields = ("first__cif__exact", "second__cif__exact")
    search_help_text = _("CIF")
    ordering = ("-score", "id")
    fields = ("first", "second", "score", "shared", "found_at", "decided_at", "decided_by", "decision")
    readonly_fields = ("shared",)

    @admin.display(description=_("pair"), ordering="id")
    def pair(self, candidate: DuplicateCandidate) -> str:
        return gettext("Pair %d") % candidate.pk

    @admin.display(description=_("what they share"))
    def shared(self, candidate: DuplicateCandidate) -> str:
        return cells.joined([str(_SHARED.get(reason, reason)) for reason in candidate.reasons])

    def note_view(self, request: HttpRequest, record: DuplicateCandidate) -> None:
        """Both customers are shown, so both were looked at."""
        for customer in (record.first, record.second):
            note_look(request, "CUSTOMER", customer.cif)

    def panels(self, request: HttpRequest, record: DuplicateCandidate) -> list[Panel]:
        return [_side_by_side(request, record)]


def _profile(customer: Customer) -> CustomerProfile:
    """As it was loaded with the customer; an empty one where nothing was noted."""
    return getattr(customer, "profile", None) or CustomerProfile(customer=customer)


def _assessment(customer: Customer) -> RiskAssessment | None:
    """The latest rating, as it was gathered with the customer."""
    found = customer.gathered[RiskAssessment]  # type: ignore[attr-defined]
    return found[0] if found else None


_RISK_TONES = {Rating.LOW: "PAID", Rating.MEDIUM: "PENDING", Rating.HIGH: "REJECTED"}
_SHARED = {
    "SAME_DOCUMENT": _("identity document"),
    "SAME_NAME": _("name"),
    "CLOSE_NAME": _("nearly the name"),
    "SAME_BIRTH_DATE": _("date of birth"),
    "SAME_PHONE": _("phone"),
    "SAME_EMAIL": _("e-mail address"),
}
_SHOWN = 10
_LOOK = "CUSTOMER_VIEWED"


@adds_panel("cif_customer", rank=0)
def _waiting(request: HttpRequest, customer: Customer) -> Panel | None:
    """What is proposed about the customer and not decided yet."""
    found = workflows.pending_on("CUSTOMER", customer.cif)
    if not found:
        return None
    rows = [
        (
            cells.record_link(request, "workflows_command", one.pk, one.reference),
            one.maker.full_name,
            one.reason,
            cells.moment(one.deadline),
        )
        for one in found
    ]
    columns = (
        Column(_("Waiting for approval")),
        Column(_("Proposed by")),
        Column(_("Reason")),
        Column(_("Until")),
    )
    return Panel(_("Waiting for approval"), columns, rows)


@adds_panel("cif_customer", rank=1)
def _merged(request: HttpRequest, customer: Customer) -> Panel | None:
    """Where a merged customer went, and who came here."""
    into, came = customer.merged_into, customer.gathered[Customer]  # type: ignore[attr-defined]
    if into is None and not came:
        return None
    rows = (
        [(gettext("Merged into"), cells.record_link(request, "cif_customer", into.pk, into))] if into else []
    )
    rows += [(gettext("Took over"), cells.record_link(request, "cif_customer", one.pk, one)) for one in came]
    return Panel(_("Merged customers"), (Column(_("What")), Column(_("Customer"))), rows)


@adds_panel("cif_customer", rank=60)
def _risk(request: HttpRequest, customer: Customer) -> Panel:
    """Why the customer is rated as they are."""
    found = _assessment(customer)
    rows = [(reason["sentence"], _points(reason)) for reason in found.reasons] if found else []
    columns = (Column(_("Reason")), Column(_("Points"), figures=True))
    return Panel(_("Why this risk"), columns, rows, empty=_("Nothing counts against this customer."))


def _points(reason: dict[str, Any]) -> str:
    return gettext("at least %d") % reason["points"] if reason["is_floor"] else str(reason["points"])


@adds_panel("cif_customer", rank=61)
def _likely(request: HttpRequest, customer: Customer) -> Panel | None:
    """Who may be the same customer, as far as nobody decided."""
    found = DuplicateCandidate.objects.filter(
        Q(first=customer) | Q(second=customer), decided_at__isnull=True
    ).select_related("first", "second")
    rows = [
        (
            cells.record_link(request, "cif_duplicatecandidate", one.pk, gettext("Pair %d") % one.pk),
            one.second if one.first_id == customer.pk else one.first,
            one.score,
        )
        for one in found
    ]
    columns = (Column(_("Pair")), Column(_("May be the same as")), Column(_("Score"), figures=True))
    return Panel(_("Possible duplicates"), columns, rows) if rows else None


@adds_panel("cif_customer", rank=89)
def _happened(request: HttpRequest, customer: Customer) -> Panel | None:
    """What was done about the customer, the latest first, to whoever may read the trail."""
    if not cells.may_look(request, "audit_auditrecord"):
        return None
    rows = [
        (
            cells.record_link(request, "audit_auditrecord", one.pk, cells.moment(one.at)),
            one.action,
            one.get_result_display(),
            one.actor.full_name if one.actor else cells.NOTHING,
        )
        for one in _latest(customer)
        if one.action != _LOOK
    ]
    columns = (Column(_("When")), Column(_("What")), Column(_("Result")), Column(_("Who")))
    more = reverse("admin:audit_auditrecord_changelist", query={"q": customer.cif})
    nothing = _("Nothing yet.")
    return Panel(_("Audit trail"), columns, rows, empty=nothing, more=more, more_label=_("All of it"))


@adds_panel("cif_customer", rank=90)
def _looked(request: HttpRequest, customer: Customer) -> Panel:
    """Who of the staff opened this screen."""
    rows = [
        (cells.moment(one.at), one.actor.full_name if one.actor else cells.NOTHING, one.ip)
        for one in _latest(customer)
        if one.action == _LOOK
    ]
    return Panel(_("Who looked"), (Column(_("When")), Column(_("Who")), Column(_("From"))), rows)


def _latest(customer: Any) -> list[AuditRecord]:
    """The latest acts and the latest looks, read once for both panels. One query."""
    if not hasattr(customer, "latest_on_the_trail"):
        trail = audit.trail("CUSTOMER", customer.cif)
        acts, looks = trail.exclude(action=_LOOK)[:_SHOWN], trail.filter(action=_LOOK)[:_SHOWN]
        customer.latest_on_the_trail = list(acts.union(looks, all=True).order_by("-id"))
    found: list[AuditRecord] = customer.latest_on_the_trail
    return found


def _side_by_side(request: HttpRequest, pair: DuplicateCandidate) -> Panel:
    """Both customers, line by line."""
    sides = (pair.first, pair.second)
    rows = [
        (gettext("CIF"), *(cells.record_link(request, "cif_customer", one.pk, one.cif) for one in sides)),
        (gettext("Name"), *(one.display_name for one in sides)),
        (gettext("E-mail address"), *(one.email or cells.NOTHING for one in sides)),
        (gettext("Phone"), *(one.phone or cells.NOTHING for one in sides)),
        (gettext("Customer since"), *(cells.day(one.joined_date) for one in sides)),
        (gettext("Accounts"), *(one.accounts.count() for one in sides)),
    ]
    columns = (Column(_("What")), Column(_("First")), Column(_("Second")))
    return Panel(_("Side by side"), columns, rows)
