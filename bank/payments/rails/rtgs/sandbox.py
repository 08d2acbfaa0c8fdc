"""The other side of RTGS, for demonstration and tests: the interbank switch, with books of its own."""

from bank.payments.rails.iso20022.sandbox import InterbankSwitch


class RtgsSwitch(InterbankSwitch):
    code = "RTGS"


SANDBOX = RtgsSwitch
