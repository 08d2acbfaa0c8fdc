"""Staff tables of payments: orders, files and payees; networks, their news, money from outside."""

from bank.payments.admin import networks, orders

__all__ = ["networks", "orders"]
