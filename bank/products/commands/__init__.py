"""What needs a second pair of eyes in the catalogue: terms and prices, deposits, roles of the chart."""

from bank.products.commands import deposits, roles
from bank.products.commands.catalogue import (
    MAKER_RIGHT,
    TERMS_FIELDS,
    ChangeTerms,
    SetFee,
    SetTax,
    check_day,
)
from bank.products.commands.deposits import ChangeDeposit
from bank.products.commands.roles import SetGlRole

__all__ = [
    "MAKER_RIGHT",
    "TERMS_FIELDS",
    "ChangeDeposit",
    "ChangeTerms",
    "SetFee",
    "SetGlRole",
    "SetTax",
    "check_day",
    "deposits",
    "roles",
]
