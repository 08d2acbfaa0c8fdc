"""The staff side of accounts: tables, and what may be done from them."""

from bank.accounts.admin import tables

__all__ = ["tables"]
