"""Columns for amounts: exact decimals with room for three minor digits."""

from typing import Any

from django.db import models


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
