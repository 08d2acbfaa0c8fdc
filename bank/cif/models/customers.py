"""Customers of the bank and the mandates of the users who act for them.

Numbers of identity documents are sealed; they are found by a keyed hash. What was true once stays on
record with the days it held: addresses, ways of contact, related parties and ratings are ended, never
overwritten.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.cif.rules import (
    ContactKind,
    CustomerKind,
    CustomerStatus,
    DocumentKind,
    MandateRole,
    PartyRole,
    Segment,
)
from bank.kernel import clock
from bank.runtime.fields import AmountField, CurrencyField, EncryptedTextField

KINDS = [(CustomerKind.PERSON.value, _("Person")), (CustomerKind.ORGANISATION.value, _("Organisation"))]
SEGMENTS = [
    (Segment.RETAIL.value, _("Retail")),
    (Segment.SME.value, _("Small and medium enterprise")),
    (Segment.CORPORATE.value, _("Corporate")),
]
STATUSES = [
    (CustomerStatus.PROSPECT.value, _("Prospect")),
    (CustomerStatus.ACTIVE.value, _("Active")),
    (CustomerStatus.BLOCKED.value, _("Blocked")),
    (CustomerStatus.CLOSED.value, _("Closed")),
]
ROLES = [
    (MandateRole.OWNER.value, _("Owner")),
    (MandateRole.SIGNATORY.value, _("Signatory")),
    (MandateRole.VIEWER.value, _("Viewer")),
]
PARTY_ROLES = [
    (PartyRole.DIRECTOR.value, _("Director")),
    (PartyRole.BENEFICIAL_OWNER.value, _("Beneficial owner")),
    (PartyRole.SHAREHOLDER.value, _("Shareholder")),
    (PartyRole.SIGNATORY.value, _("Signatory")),
    (PartyRole.SECRETARY.value, _("Company secretary")),
    (PartyRole.PARTNER.value, _("Partner")),
    (PartyRole.TRUSTEE.value, _("Trustee")),
    (PartyRole.SPOUSE.value, _("Spouse")),
    (PartyRole.PARENT.value, _("Parent")),
    (PartyRole.GUARDIAN.value, _("Guardian")),
    (PartyRole.NEXT_OF_KIN.value, _("Next of kin")),
    (PartyRole.ATTORNEY.value, _("Attorney")),
    (PartyRole.EMPLOYER.value, _("Employer")),
]
DOCUMENT_KINDS = [
    (DocumentKind.NATIONAL_ID.value, _("National identity card")),
    (DocumentKind.PASSPORT.value, _("Passport")),
    (DocumentKind.ALIEN_ID.value, _("Alien identity card")),
    (DocumentKind.DRIVING_LICENCE.value, _("Driving licence")),
    (DocumentKind.TAX_PIN.value, _("Tax number")),
    (DocumentKind.REGISTRATION.value, _("Certificate of registration")),
]
CONTACT_KINDS = [(ContactKind.EMAIL.value, _("E-mail address")), (ContactKind.PHONE.value, _("Phone"))]
_STILL_HOLDS = Q(valid_until__isnull=True)


class Customer(models.Model):
    """Whoever has a contract with the bank; ``cif`` is the number the bank knows them by."""

    cif = models.CharField(_("CIF"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    segment = models.CharField(_("segment"), max_length=12, choices=SEGMENTS)
    display_name = models.CharField(_("name"), max_length=140)
    status = models.CharField(
        _("status"), max_length=12, choices=STATUSES, default=CustomerStatus.ACTIVE.value
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    joined_date = models.DateField(_("customer since"))
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("merged into"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(display_name=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=Q(kind=CustomerKind.PERSON.value) | ~Q(segment=Segment.RETAIL.value),
                name="customer_retail_is_a_person",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(status=CustomerStatus.CLOSED.value),
                name="customer_merged_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=models.F("id")),
                name="customer_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cif} {self.display_name}"


class Person(models.Model):
    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="person"
    )
    given_names = models.CharField(_("given names"), max_length=100)
    family_name = models.CharField(_("family name"), max_length=60)
    birth_date = models.DateField(_("date of birth"))
    nationality = models.CharField(_("nationality"), max_length=2, default="KE")

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self) -> str:
        return f"{self.given_names} {self.family_name}"


class Organisation(models.Model):
    customer = models.OneToOneField(
        Customer, on_delete=models.PROTECT, primary_key=True, related_name="organisation"
    )
    registered_name = models.CharField(_("registered name"), max_length=140)
    registration_number = models.CharField(_("registration number"), max_length=40)
    legal_form = models.CharField(_("legal form"), max_length=40)
    country = models.CharField(_("country of registration"), max_length=2, default="KE")

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "registration_number"], name="organisation_registered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.registered_name


class Address(models.Model):
    """Where a customer lives, is registered, or takes letters."""

    PURPOSES: ClassVar = [
        ("RESIDENTIAL", _("Residential")),
        ("REGISTERED", _("Registered office")),
        ("POSTAL", _("Postal")),
    ]
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    purpose = models.CharField(_("purpose"), max_length=12, choices=PURPOSES)
    street = models.CharField(_("street"), max_length=140)
    town = models.CharField(_("town"), max_length=60)
    postal_code = models.CharField(_("postal code"), max_length=16, blank=True)
    country = models.CharField(_("country"), max_length=2, default="KE")
    valid_from = models.DateField(_("from"), default=clock.today)
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "purpose"], condition=_STILL_HOLDS, name="address_one_per_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.street}, {self.town}"


class MandateSet(models.QuerySet["Mandate"]):
    def in_force(self, on: date) -> "MandateSet":
        """Neither revoked, nor not yet valid, nor expired on the day."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on), revoked_at__isnull=True, valid_from__lte=on
        )


class Mandate(models.Model):
    """A user may act for a customer: see its accounts, and pay where ``can_pay``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mandates")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="mandates")
    role = models.CharField(_("role"), max_length=12, choices=ROLES)
    can_pay = models.BooleanField(_("may pay"), default=False)
    single_limit = AmountField(_("limit of a single payment"), null=True, blank=True)
    limit_currency = CurrencyField(_("currency of the limit"), blank=True)
    signature_class = models.CharField(_("signature class"), max_length=1, blank=True, default="")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    granted_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = MandateSet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "customer"],
                condition=Q(revoked_at__isnull=True),
                name="mandate_one_unrevoked",
            ),
            models.CheckConstraint(
                condition=Q(single_limit__isnull=True, limit_currency="")
                | Q(single_limit__gt=0) & ~Q(limit_currency=""),
                name="mandate_limit_is_positive_and_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(can_pay=False) | ~Q(role=MandateRole.VIEWER.value),
                name="mandate_viewer_never_pays",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="mandate_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(signature_class="")
                | Q(signature_class__in=["A", "B", "C", "D", "E"], can_pay=True),
                name="mandate_class_is_of_who_pays",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.customer_id}"


class ContactPoint(models.Model):
    """An e-mail address or a phone a customer had, with when. The present ones stand on the customer too."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=CONTACT_KINDS)
    value = models.CharField(_("value"), max_length=254)
    valid_from = models.DateTimeField(_("from"), default=clock.now)
    valid_until = models.DateTimeField(_("until"), null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("way of contact")
        verbose_name_plural = _("ways of contact")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["value"], name="contact_by_value", condition=_STILL_HOLDS)]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind"], condition=_STILL_HOLDS, name="contact_one_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class RelatedParty(models.Model):
    """Somebody who is something to a customer, with or without being one."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=20, choices=PARTY_ROLES)
    name = models.CharField(_("name"), max_length=140)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    nationality = models.CharField(_("nationality"), max_length=2, blank=True)
    share_pct = models.DecimalField(_("share (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_pep = models.BooleanField(_("politically exposed"), default=False)
    related_customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="party_to",
    )
    valid_from = models.DateField(_("from"), default=clock.today)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("related party")
        verbose_name_plural = _("related parties")
        ordering: ClassVar = ["role", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "role", "name"], condition=_STILL_HOLDS, name="party_once_per_role"
            ),
            models.CheckConstraint(
                condition=Q(share_pct__isnull=True) | Q(share_pct__gt=0, share_pct__lte=100),
                name="party_share_of_a_whole",
            ),
            models.CheckConstraint(
                condition=Q(related_customer__isnull=True) | ~Q(related_customer=models.F("customer")),
                name="party_is_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"


class IdentityDocument(models.Model):
    """What proves who a customer is. The number is sealed; ``number_hash`` finds it, ``ending`` shows it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_documents")
    kind = models.CharField(_("kind"), max_length=16, choices=DOCUMENT_KINDS)
    country = models.CharField(_("issued by"), max_length=2, default="KE")
    number = EncryptedTextField()
    number_hash = models.BinaryField(max_length=32)
    ending = models.CharField(_("number"), max_length=8)
    issued_date = models.DateField(_("issued"), null=True, blank=True)
    expires_date = models.DateField(_("expires"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=clock.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    valid_until = models.DateTimeField(_("replaced"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["number_hash"], name="identity_by_number")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["customer", "kind", "country"], condition=_STILL_HOLDS, name="identity_one_per_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.country} {self.ending}"
