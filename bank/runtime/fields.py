"""Columns for amounts (exact decimals with room for three minor digits) and for sealed text."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from bank.runtime import secrets


class AmountField(models.DecimalField):
    """An amount in its currency's major unit; up to 18 digits before the point and 3 after it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 21)
        kwargs.setdefault("decimal_places", 3)
        super().__init__(*args, **kwargs)


class CurrencyField(models.CharField):
    """An ISO 4217 code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 3)
        super().__init__(*args, **kwargs)


class EncryptedTextField(models.TextField):
    """Text that only its owner's program reads: sealed in the database, plain in Python.

    Sealed for its own column, so a value copied into another one does not open. It cannot be
    searched; keep ``secrets.lookup_hash`` of it in a column beside where it must be found.
    """

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None:
            return None
        sealed = secrets.encrypt(str(value).encode(), context=self.seal_context)
        return connection.Database.Binary(sealed)  # type: ignore[attr-defined]

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        if value is None:
            return None
        return secrets.decrypt(bytes(value), context=self.seal_context).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed and cannot be searched; search its lookup_hash.")
        return super().get_lookup(lookup_name)

    @property
    def seal_context(self) -> bytes:
        return f"{self.model._meta.label_lower}.{self.name}".encode()
