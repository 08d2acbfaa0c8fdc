"""Writes: what is parked, whom is told what, and where webhooks go."""

from bank.notifications.services.calling import call_due, queue, replay_one, tell_again
from bank.notifications.services.calling import replay as replay_deliveries
from bank.notifications.services.endpoints import (
    Proof,
    create_endpoint,
    disable_endpoint,
    enable_endpoint,
    end_endpoint,
    rotate_secret,
    secrets_of,
    start_endpoint,
    start_rotation,
)
from bank.notifications.services.noticing import Telling, choose, read_all, tell, tell_each
from bank.notifications.services.parking import discard, replay
from bank.notifications.services.sending import send_due

__all__ = [
    "Proof",
    "Telling",
    "call_due",
    "choose",
    "create_endpoint",
    "disable_endpoint",
    "discard",
    "enable_endpoint",
    "end_endpoint",
    "queue",
    "read_all",
    "replay",
    "replay_deliveries",
    "replay_one",
    "rotate_secret",
    "secrets_of",
    "send_due",
    "start_endpoint",
    "start_rotation",
    "tell",
    "tell_again",
    "tell_each",
]
