"""Staff tables of customers: everything about one on one screen, and pairs that may be one."""

from bank.cif.admin import customers

__all__ = ["customers"]
