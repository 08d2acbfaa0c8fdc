"""Customers of the bank and the mandates of the users who act for them.

National identifiers are not kept here: nothing yet needs them, and what is not stored cannot leak.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bank.cif.rules import CustomerKind, CustomerStatus, MandateRole, Segment
from bank.runtime.fields import AmountField, CurrencyField

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

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["customer", "purpose"], name="address_one_per_purpose"),
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
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.customer_id}"
