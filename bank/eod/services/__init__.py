"""Closing business dates. Import as ``from bank.eod import services as eod``."""

from bank.eod.services.closing import REQUESTED, Closing, close, close_next, request, today
from bank.eod.services.parts import Outcome, Watch

__all__ = ["REQUESTED", "Closing", "Outcome", "Watch", "close", "close_next", "request", "today"]
