"""What needs two people about approvals themselves: levels of the matrix, and limits of roles."""

from bank.workflows.commands.levels import MAKER_RIGHT, SET_LEVELS, SetLevels, propose, read, written
from bank.workflows.commands.role_limits import (
    LIMIT_RIGHT,
    SET_ROLE_LIMIT,
    SetRoleLimit,
    affected_by_limit,
    propose_limit,
)

__all__ = [
    "LIMIT_RIGHT",
    "MAKER_RIGHT",
    "SET_LEVELS",
    "SET_ROLE_LIMIT",
    "SetLevels",
    "SetRoleLimit",
    "affected_by_limit",
    "propose",
    "propose_limit",
    "read",
    "written",
]
