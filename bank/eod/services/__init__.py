"""Closing business dates. Import as ``from bank.eod import services as eod``."""

from bank.eod.services.closing import REQUESTED, Closing, close, close_next, request, today

__all__ = ["REQUESTED", "Closing", "close", "close_next", "request", "today"]
