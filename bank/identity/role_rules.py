"""The roles of staff as the bank begins with them: rights by app, and up to how much each may say yes.

They are seeded into the database, where an administrator assigns them; limits are rows to be
changed there. Rights that change something hold only during a staff session (``duty``).
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

Rights = Mapping[str, tuple[str, ...]]

LONGEST_DUTY = timedelta(hours=4)
LONGEST_BREAK_GLASS = timedelta(hours=4)
DUTY_MINUTES = (15, 30, 60, 240)
SHORTEST_REASON = 10


class Duty(StrEnum):
    """Why somebody of the staff may change things for a while."""

    SESSION = "SESSION"
    BREAK_GLASS = "BREAK_GLASS"


class Act(StrEnum):
    """What a role's limit is about, in amounts of the bank's own currency.

    CASH is cash taken from the vault into a drawer at once, CASH_IN and CASH_OUT what customers pay in and
    take out over a counter.
    """

    CASH = "CASH"
    CASH_IN = "CASH_IN"
    CASH_OUT = "CASH_OUT"
    PAYMENT = "PAYMENT"
    CREDIT = "CREDIT"
    WAIVER = "WAIVER"
    JOURNAL = "JOURNAL"


_LOOK: Rights = dict.fromkeys(
    (
        "cif",
        "products",
        "places",
        "accounts",
        "deposits",
        "cases",
        "payments",
        "standing",
        "debits",
        "requests",
        "statements",
    ),
    ("view",),
)
_DECIDE: Rights = {**_LOOK, "workflows": ("view",)}
_SERVE: Rights = {
    **_DECIDE,
    "cif": ("view", "add", "change"),
    "documents": ("view", "add"),
    "onboarding": ("view", "change"),
    "risk": ("view",),
    "accounts": ("view", "add", "change"),
    "deposits": ("view", "change"),
    "debits": ("view", "change"),
    "cases": ("view", "add", "change"),
    "statements": ("view", "add"),
}

_KEEP_BOOKS: Rights = {
    **_DECIDE,
    "documents": ("view", "add"),
    "bookkeeping": ("view", "add", "change"),
    "ledger": ("view",),
}

ROLES: Mapping[str, Rights] = {
    "TELLER": {
        **_LOOK,
        "payments": ("view", "add"),
        "statements": ("view", "add"),
        "counter": ("view", "add"),
    },
    "HEAD_TELLER": {
        **_DECIDE,
        "payments": ("view", "add", "change"),
        "statements": ("view", "add"),
        "counter": ("view", "add", "change"),
    },
    "OFFICER": _SERVE,
    "LOAN_OFFICER": {**_DECIDE, "cif": ("view", "change"), "documents": ("view", "add")},
    "SUPERVISOR": {**_DECIDE, "bookkeeping": ("view",), "ledger": ("view",)},
    "ACCOUNTANT": _KEEP_BOOKS,
    "FINANCE_MANAGER": {**_KEEP_BOOKS, "bookkeeping": ("view", "add", "change", "adjust")},
    "BRANCH_MANAGER": {
        **_SERVE,
        "payments": ("view", "change"),
        "identity": ("view", "issue"),
        "bookkeeping": ("view",),
        "ledger": ("view",),
        "counter": ("view",),
    },
    "REGIONAL_MANAGER": {
        **_SERVE,
        "payments": ("view", "change"),
        "bookkeeping": ("view",),
        "ledger": ("view",),
        "counter": ("view",),
    },
    "CREDIT_COMMITTEE": {**_DECIDE, "documents": ("view",)},
    "OPERATIONS": {
        **_DECIDE,
        "workflows": ("view", "change"),
        "payments": ("view", "add", "change"),
        "debits": ("view", "change"),
        "products": ("view", "change"),
        "places": ("view", "add", "change"),
        "accounts": ("view", "change"),
        "bookkeeping": ("view", "change"),
        "ledger": ("view",),
        "eod": ("view", "change"),
        "runtime": ("view", "change"),
        "notifications": ("view",),
        "signing": ("view", "change"),
        "payroll": ("view", "change"),
        "invoicing": ("view", "change"),
        "expenses": ("view",),
        "django_celery_beat": ("view",),
        "counter": ("view",),
    },
    "TREASURY": {**_DECIDE, "bookkeeping": ("view", "add"), "ledger": ("view",), "eod": ("view",)},
    "RISK": {**_LOOK, "risk": ("view",), "ledger": ("view",), "audit": ("view",)},
    "COMPLIANCE": {
        **_DECIDE,
        "cif": ("view", "change"),
        "documents": ("view", "change"),
        "onboarding": ("view", "change"),
        "risk": ("view", "change"),
        "accounts": ("view", "change"),
        "cases": ("view", "change"),
        "privacy": ("view", "change"),
        "ledger": ("view",),
        "audit": ("view",),
        "access": ("view",),
        "counter": ("view",),
    },
    "AUDITOR": {
        **_DECIDE,
        "privacy": ("view",),
        "documents": ("view",),
        "onboarding": ("view",),
        "risk": ("view",),
        "bookkeeping": ("view",),
        "ledger": ("view",),
        "eod": ("view",),
        "audit": ("view",),
        "identity": ("view",),
        "access": ("view",),
        "signing": ("view",),
        "payroll": ("view",),
        "invoicing": ("view",),
        "expenses": ("view",),
        "counter": ("view",),
    },
    "SUPPORT": {
        "places": ("view",),
        "cif": ("view",),
        "accounts": ("view",),
        "cases": ("view", "add", "change"),
    },
    "ADMINISTRATOR": {
        "identity": ("view", "add", "change", "issue"),
        "workflows": ("view", "change"),
        "bookkeeping": ("view",),
        "access": ("view",),
        "auth": ("view",),
        "audit": ("view",),
        "products": ("view",),
        "places": ("view",),
        "runtime": ("view",),
        "notifications": ("view",),
        "signing": ("view",),
        "payroll": ("view",),
        "invoicing": ("view",),
        "expenses": ("view",),
        "eod": ("view",),
        "django_celery_beat": ("view",),
    },
}
"""What the holders of each role may do to the tables of each app. Customers' rights are mandates."""

SENIORS: Mapping[str, tuple[str, ...]] = {
    "SUPERVISOR": ("BRANCH_MANAGER", "FINANCE_MANAGER", "REGIONAL_MANAGER", "ADMINISTRATOR"),
    "BRANCH_MANAGER": ("FINANCE_MANAGER", "REGIONAL_MANAGER", "ADMINISTRATOR"),
    "TREASURY": ("FINANCE_MANAGER",),
    "HEAD_TELLER": ("BRANCH_MANAGER",),
}
"""Who may decide in place of a role: those above it."""

LIMITS: Mapping[str, Mapping[Act, Decimal]] = {
    "TELLER": {Act.CASH: Decimal(500_000), Act.CASH_IN: Decimal(50_000), Act.CASH_OUT: Decimal(25_000)},
    "HEAD_TELLER": {
        Act.CASH: Decimal(1_000_000),
        Act.CASH_IN: Decimal(200_000),
        Act.CASH_OUT: Decimal(100_000),
        Act.PAYMENT: Decimal(500_000),
    },
    "OFFICER": {Act.WAIVER: Decimal(1_000), Act.PAYMENT: Decimal(200_000)},
    "LOAN_OFFICER": {Act.CREDIT: Decimal(100_000)},
    "SUPERVISOR": {Act.JOURNAL: Decimal(100_000)},
    "FINANCE_MANAGER": {Act.JOURNAL: Decimal(1_000_000)},
    "ADMINISTRATOR": {Act.JOURNAL: Decimal(10**15)},
    "BRANCH_MANAGER": {
        Act.JOURNAL: Decimal(1_000_000),
        Act.CASH: Decimal(5_000_000),
        Act.CASH_IN: Decimal(5_000_000),
        Act.CASH_OUT: Decimal(5_000_000),
        Act.PAYMENT: Decimal(5_000_000),
        Act.CREDIT: Decimal(1_000_000),
        Act.WAIVER: Decimal(20_000),
    },
    "REGIONAL_MANAGER": {
        Act.JOURNAL: Decimal(1_000_000),
        Act.PAYMENT: Decimal(25_000_000),
        Act.CREDIT: Decimal(10_000_000),
        Act.WAIVER: Decimal(100_000),
    },
    "CREDIT_COMMITTEE": {Act.CREDIT: Decimal(500_000_000)},
    "OPERATIONS": {Act.PAYMENT: Decimal(10_000_000)},
    "TREASURY": {Act.PAYMENT: Decimal(500_000_000)},
}
"""One act's most, in the base currency; a role that is absent says yes to nothing."""
