"""Subscribers of what every door shares."""

from bank.web import payslips

__all__ = ["payslips"]
