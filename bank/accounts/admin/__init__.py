"""The staff side of accounts: tables, and what may be done from them."""

from bank.accounts.admin import cheques, of_customer, tables, together

__all__ = ["cheques", "of_customer", "tables", "together"]
