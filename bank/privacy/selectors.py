"""Reads. ``export_for`` is the only door to a copy of somebody's data."""

from uuid import UUID

from django.db.models import QuerySet

from bank.cif import selectors as cif
from bank.identity.models import User
from bank.kernel.errors import NotFound
from bank.privacy.models import DataExport


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
