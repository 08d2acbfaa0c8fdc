"""Accounts and what hangs on them: freezes, charges, the versions they were under."""

from bank.accounts.models.charges import CHARGE_KINDS, Charge, FeeUse
from bank.accounts.models.cheques import ChequeBook, ChequeDeposit, ChequeStop, PresentedCheque
from bank.accounts.models.contracts import ROLES, SCOPES, SIGNINGS, STATUSES, Account, AccountFreeze
from bank.accounts.models.joint import JOINT_STATES, JointAct, JointWord
from bank.accounts.models.overdrafts import Overdraft
from bank.accounts.models.pots import Pot
from bank.accounts.models.sharing import CollectionNumber, JointHolder
from bank.accounts.models.versions import AccountVersion, Migration

__all__ = [
    "CHARGE_KINDS",
    "JOINT_STATES",
    "ROLES",
    "SCOPES",
    "SIGNINGS",
    "STATUSES",
    "Account",
    "AccountFreeze",
    "AccountVersion",
    "Charge",
    "ChequeBook",
    "ChequeDeposit",
    "ChequeStop",
    "CollectionNumber",
    "FeeUse",
    "JointAct",
    "JointHolder",
    "JointWord",
    "Migration",
    "Overdraft",
    "Pot",
    "PresentedCheque",
]
