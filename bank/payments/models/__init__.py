"""Tables of payments: orders and files as customers give them, and what passes to and from networks."""

from bank.payments.models.file_sources import ColumnMapping, PaymentFileSource, PayrollReader
from bank.payments.models.networks import (
    IncomingPayment,
    IncomingStep,
    Institution,
    NetworkEvent,
    NetworkMessage,
)
from bank.payments.models.orders import (
    CHARGE_BEARERS,
    STATUSES,
    Beneficiary,
    DailyUse,
    PaymentEvent,
    PaymentFile,
    PaymentFileLine,
    PaymentLimit,
    PaymentOrder,
    PaymentPermit,
)
from bank.payments.models.reconciliation import NetworkDay, NetworkDifference

__all__ = [
    "CHARGE_BEARERS",
    "STATUSES",
    "Beneficiary",
    "ColumnMapping",
    "DailyUse",
    "IncomingPayment",
    "IncomingStep",
    "Institution",
    "NetworkDay",
    "NetworkDifference",
    "NetworkEvent",
    "NetworkMessage",
    "PaymentEvent",
    "PaymentFile",
    "PaymentFileLine",
    "PaymentFileSource",
    "PaymentLimit",
    "PaymentOrder",
    "PaymentPermit",
    "PayrollReader",
]
