"""Branches and cash machines, each with its hours by the day of the week."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.places import rules

PLACE_KINDS = [
    (rules.PlaceKind.BRANCH.value, _("Branch")),
    (rules.PlaceKind.ATM.value, _("Cash machine")),
]
SERVICES = {
    rules.Service.CASH_OUT.value: _("Cash out"),
    rules.Service.CASH_IN.value: _("Cash in"),
    rules.Service.TELLERS.value: _("Tellers"),
    rules.Service.ACCOUNT_OPENING.value: _("Opening accounts"),
    rules.Service.BUSINESS_DESK.value: _("Business desk"),
    rules.Service.FOREIGN_EXCHANGE.value: _("Foreign exchange"),
    rules.Service.SAFE_BOXES.value: _("Safe boxes"),
    rules.Service.STEP_FREE.value: _("Step-free entrance"),
}


class Place(models.Model):
    """A branch or a cash machine. One that was given up keeps its row and the day it closed."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=PLACE_KINDS)
    name = models.CharField(_("name"), max_length=80)
    town = models.CharField(_("town"), max_length=60)
    street = models.CharField(_("street"), max_length=120)
    phone = models.CharField(_("telephone"), max_length=24, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5)
    services = models.JSONField(_("services"), default=list)
    is_always_open = models.BooleanField(_("open day and night"), default=False)
    closed_on = models.DateField(_("given up on"), null=True, blank=True)

    class Meta:
        verbose_name = _("branch or cash machine")
        verbose_name_plural = _("branches and cash machines")
        ordering = ["town", "kind", "name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="place_on_the_globe",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.town}"

    @property
    def spot(self) -> rules.Spot:
        return rules.Spot(self.latitude, self.longitude)


class OpeningHours(models.Model):
    """From when until when on one day of the week; two rows where a place closes for lunch."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day of the week, Monday being 0"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["place", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens"), weekday__lte=6), name="opening_hours_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens:%H:%M} to {self.closes:%H:%M}"
