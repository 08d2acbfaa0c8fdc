"""The other side of EFT, for demonstration and tests: an interbank switch with members, positions and books.

What it speaks is in ``switch``; docs/reference/rails-iso20022.md shows how to try it.
"""

from bank.payments.rails.iso20022.sandbox.switch import InterbankSwitch

SANDBOX = InterbankSwitch

__all__ = ["SANDBOX", "InterbankSwitch"]
