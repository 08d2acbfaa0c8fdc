"""Writes: what is parked, whom is told what, and where webhooks go."""

from bank.notifications.services.parking import discard, replay

__all__ = ["discard", "replay"]
