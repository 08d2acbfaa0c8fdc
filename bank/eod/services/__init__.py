"""Closing business dates. Import as ``from bank.eod import services as eod``."""

from bank.eod.services.closing import Closing, close, close_next
from bank.eod.services.parts import Outcome, Watch

__all__ = ["Closing", "Outcome", "Watch", "close", "close_next"]
