"""The inbox of approvals, and the matrix that says who decides on how much."""

from bank.workflows.admin import commands, levels, role_limits

__all__ = ["commands", "levels", "role_limits"]
