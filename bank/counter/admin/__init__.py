"""The counter in the staff site: the teller's pages, and tables of sessions, receipts, drawers, figures."""

from bank.counter.admin import tables

__all__ = ["tables"]
