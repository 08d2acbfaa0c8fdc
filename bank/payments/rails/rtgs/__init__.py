"""RTGS: transfers from KES 1,000,000 to other banks in Kenya, each settled by itself in central-bank money.

The same messages over the same kind of switch as EFT (``rails/iso20022``), with other limits and hours.
"""

from datetime import time
from decimal import Decimal

from bank.payments.rail import Capabilities
from bank.payments.rails.iso20022.rail import CreditTransferRail


class RtgsRail(CreditTransferRail):
    """One transfer a message, in the hours of the central bank."""

    code = "RTGS"
    settlement_role = "NOSTRO_RTGS"
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        countries=frozenset({"KE"}),
        minimum=Decimal(1_000_000),
        maximum=Decimal(1_000_000_000),
        opens=time(8, 30),
        cut_off=time(16, 30),
        fee_event="RTGS",
        typical_s=60,
        is_recallable=True,
        calendar="KES",
    )


RAIL = RtgsRail()
