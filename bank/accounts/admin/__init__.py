"""The staff side of accounts: tables, and what may be done from them."""

from bank.accounts.admin import cheques, tables, together

__all__ = ["cheques", "tables", "together"]
