"""Staff tables of payments: orders, files, payees; limits and held payments; networks, money from outside."""

from bank.payments.admin import control, networks, orders

__all__ = ["control", "networks", "orders"]
