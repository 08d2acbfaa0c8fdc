"""Staff tables of payments: orders, files, payees; limits and held payments; networks, money from outside
and what of it is asked back; templates and groups."""

from bank.payments.admin import control, networks, orders, payees, recalls

__all__ = ["control", "networks", "orders", "payees", "recalls"]
