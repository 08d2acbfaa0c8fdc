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
    DOORS,
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
from bank.payments.models.payees import TRIAL_STATES, GroupMember, PayeeGroup, PayeeTrial, PaymentTemplate
from bank.payments.models.recalls import IncomingRecall
from bank.payments.models.reconciliation import NetworkDay, NetworkDifference
from bank.payments.models.watching import PACES, PaymentReview, VelocityRule

__all__ = [
    "CHARGE_BEARERS",
    "DOORS",
    "PACES",
    "STATUSES",
    "TRIAL_STATES",
    "Beneficiary",
    "ColumnMapping",
    "DailyUse",
    "GroupMember",
    "IncomingPayment",
    "IncomingRecall",
    "IncomingStep",
    "Institution",
    "NetworkDay",
    "NetworkDifference",
    "NetworkEvent",
    "NetworkMessage",
    "PayeeGroup",
    "PayeeTrial",
    "PaymentEvent",
    "PaymentFile",
    "PaymentFileLine",
    "PaymentFileSource",
    "PaymentLimit",
    "PaymentOrder",
    "PaymentPermit",
    "PaymentReview",
    "PaymentTemplate",
    "PayrollReader",
    "VelocityRule",
]
