"""The staff table of branches and cash machines."""

from bank.places.admin import desk

__all__ = ["desk"]
