"""EFT: transfers to other banks in Kenya below the limit of RTGS, within seconds, day and night."""

from decimal import Decimal

from bank.payments.rail import Capabilities
from bank.payments.rails.iso20022.rail import CreditTransferRail


class EftRail(CreditTransferRail):
    """The switch's instant service: many transfers in one message, each with an outcome of its own."""

    code = "EFT"
    settlement_role = "NOSTRO_EFT"
    many = 100
    capabilities = Capabilities(
        currencies=frozenset({"KES"}),
        countries=frozenset({"KE"}),
        minimum=None,
        maximum=Decimal("999999.99"),
        opens=None,
        cut_off=None,
        fee_event="EFT",
        typical_s=10,
        is_recallable=True,
    )


RAIL = EftRail()
