"""How the bank's services fared, one row a service and day, for the status page."""

from typing import ClassVar

from django.db import models


class ServiceDay(models.Model):
    """How often a service was looked at on a day, and how often it was found wanting."""

    service = models.CharField(max_length=24)
    day = models.DateField()
    samples = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "day"], name="service_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.day}: {self.failures} of {self.samples}"
