"""The staff side of the catalogue: tables, and what may be proposed from them."""

from bank.products.admin import tables

__all__ = ["tables"]
