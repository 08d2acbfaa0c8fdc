"""Reads. ``export_for`` is the only door to a copy of somebody's data."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.privacy import rules
from bank.privacy.models import DataExport, ErasureRequest, RetentionRule
from bank.privacy.rules import Rule


def exports_for(user: User) -> QuerySet[DataExport]:
    """Those the user asked for themselves, of customers they still act for; newest first."""
    customers = cif.mandates_for(user).values("customer_id")
    return DataExport.objects.filter(requested_by=user, customer_id__in=customers).order_by("-id")


def export_for(user: User, export_id: UUID | str) -> DataExport:
    """``NotFound`` for any that is not the user's own."""
    found = exports_for(user).filter(pk=export_id).first()
    if found is None:
        raise NotFound(what="copy of your data")
    return found


def retention_rules() -> Mapping[str, Rule]:
    """How long what is kept: the rows, and what the bank began with where there is none."""
    rows = dict(RetentionRule.objects.values_list("kind", "years"))
    return {
        kind: replace(rule, years=rows[kind]) if kind in rows else rule
        for kind, rule in rules.DEFAULTS.items()
    }


def erasure_asked(customer: Customer) -> ErasureRequest | None:
    """The customer's own request to be forgotten, if there is one."""
    return ErasureRequest.objects.filter(customer=customer).first()
