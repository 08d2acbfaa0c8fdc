"""Staff tables of customers: everything about one on one screen, pairs that may be one, and
the rules of the risk rating."""

from bank.cif.admin import customers, ratings

__all__ = ["customers", "ratings"]
